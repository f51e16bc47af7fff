//! One port: who comes in by it, how many at a time, and each connection from its first byte to its last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::config::span;
use crate::guard::Guarded;
use crate::http::Answer;
use crate::metrics::Event;
use crate::tls::Served;
use crate::{Relay, outbox, public};

/// Who is hurried has so much less time for a head, and one request a connection.
const HURRY: u32 = 5;

/// What a connection keeps of what it reads or is to write.
const CONNECTION_BYTES_MAX: usize = 64 * 1024;

/// After accept() has failed (no descriptors left) it is tried again so much later.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Which port a connection came in by.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Public,
    Outbox,
}

/// One port: who comes in by it, and how many at a time.
#[derive(Clone)]
pub(crate) struct Door {
    relay: Arc<Relay>,
    side: Side,
    tls: Option<watch::Receiver<Served>>,
    rooms: Arc<Semaphore>,
    rooms_max: u32,
}

impl Door {
    pub(crate) fn new(
        relay: &Arc<Relay>,
        side: Side,
        tls: Option<watch::Receiver<Served>>,
        rooms_max: u32,
    ) -> Door {
        Door {
            relay: Arc::clone(relay),
            side,
            tls,
            rooms: Arc::new(Semaphore::new(rooms_max as usize)),
            rooms_max,
        }
    }

    /// Lets connections in until the relay stops.
    pub(crate) async fn open(self, listener: TcpListener) {
        while let Some((room, socket, address)) = tokio::select! {
            next = self.next(&listener) => next,
            () = self.relay.stopped() => None,
        } {
            let door = self.clone();
            tokio::spawn(async move {
                door.welcome(socket, address).await;
                drop(room);
            });
        }
    }

    /// The next connection, once there is room for it; until then it waits in the kernel's queue.
    async fn next(
        &self,
        listener: &TcpListener,
    ) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
        let room = Arc::clone(&self.rooms).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((socket, address)) => return Some((room, socket, address)),
                Err(error) => {
                    self.relay.counters.count(Event::AcceptFailed);
                    tracing::error!(%error, "accept");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// One connection from its first byte to its last. What goes wrong on it concerns nobody else.
    async fn welcome(&self, socket: TcpStream, address: SocketAddr) {
        // Answers are small and written whole; waiting to fill a packet would only delay them.
        let _ = socket.set_nodelay(true);
        let guest = match self.side {
            Side::Public => Some(self.relay.crowd.enter(address.ip())),
            Side::Outbox => None,
        };
        let is_hurried = guest.as_ref().is_some_and(|guest| guest.is_crowding);
        // Until something is said, a connection is a socket and this small task.
        if self.first_byte(&socket, is_hurried).await {
            Box::pin(self.converse(socket, is_hurried)).await;
        }
    }

    /// Whether the peer has begun to speak in time.
    async fn first_byte(&self, socket: &TcpStream, is_hurried: bool) -> bool {
        let mut first = [0];
        tokio::select! {
            seen = socket.peek(&mut first) => seen.is_ok_and(|bytes| bytes > 0),
            () = tokio::time::sleep(self.head_timeout(is_hurried)) => false,
            () = self.relay.stopped() => false,
        }
    }

    /// A connection on which something is said.
    async fn converse(&self, socket: TcpStream, is_hurried: bool) {
        let Some(tls) = &self.tls else {
            return self.serve(socket, is_hurried).await;
        };
        let head_timeout = self.head_timeout(is_hurried);
        let acceptor = tls.borrow().acceptor.clone();
        match tokio::time::timeout(head_timeout, acceptor.accept(socket)).await {
            Ok(Ok(stream)) => self.serve(stream, is_hurried).await,
            Ok(Err(error)) => {
                self.relay.counters.count(Event::HandshakeFailed);
                tracing::info!(%error, "handshake");
            }
            Err(_elapsed) => {}
        }
    }

    /// How long the first byte may take to come, and how long a head.
    fn head_timeout(&self, is_hurried: bool) -> Duration {
        let patience = span(self.relay.limits.head_timeout_ms);
        if is_hurried {
            patience / HURRY
        } else {
            patience
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, is_hurried: bool) {
        let limits = &self.relay.limits;
        // hyper keeps room for the answer that is being made, for as long as the connection lasts: let it be that of a pointer.
        let service = service_fn(|request| Box::pin(self.answer(request)));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.head_timeout(is_hurried))
            .keep_alive(!is_hurried)
            .max_buf_size(CONNECTION_BYTES_MAX);
        let stream = Guarded::new(stream, span(limits.reply_silence_ms));
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            // An error here is a peer that went away or came too slowly: it cannot be told anything.
            _ = connection.as_mut() => return,
            () = tokio::time::sleep(span(limits.connection_timeout_ms)) => {}
            () = self.relay.stopped() => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = tokio::time::timeout(span(limits.drain_timeout_ms), connection).await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Infallible> {
        Ok(match self.side {
            Side::Public => public::answer(&self.relay, request).await,
            Side::Outbox => outbox::answer(&self.relay, request).await,
        })
    }

    /// Comes true when nobody is inside any more. Each connection has its own deadline, so this is soon.
    pub(crate) async fn drained(&self) {
        let _ = self.rooms.acquire_many(self.rooms_max).await;
    }
}
