//! The connection as hyper gets to see it: heads that [`crate::head`] has judged, and exactly the bodies they announce.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::head::{self, Misframed};

/// The method of the request that hyper reads in place of a misframed one. It answers it in its turn and closes.
pub(crate) const MISFRAMED: &str = "MISFRAMED";

/// What takes the place of a misframed head.
const REPLACEMENT: &[u8] = b"MISFRAMED / HTTP/1.1\r\nhost: -\r\n\r\n";

const READ_BYTES: usize = 8 * 1024;

/// A peer still sending is read on for so long after our last word, else its system would throw that word away.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: usize = 1 << 20;

/// A stream between the socket (or TLS) and hyper.
pub(crate) struct Guarded<S> {
    stream: S,
    /// Read from the stream and not yet given to hyper.
    buffer: Vec<u8>,
    /// How many bytes at the front of the buffer hyper may have.
    cleared: usize,
    /// How many bytes of the current body are yet to be cleared.
    body_left: u64,
    /// How much of a head at the front of the buffer was looked at.
    looked_at: usize,
    misframed: bool,
    linger: Option<(Pin<Box<Sleep>>, usize)>,
    /// How long the peer may take nothing of what is written.
    silence_max: Duration,
    /// Runs while the peer takes nothing.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guarded<S> {
    pub(crate) fn new(stream: S, silence_max: Duration) -> Guarded<S> {
        Guarded {
            stream,
            buffer: Vec::new(),
            cleared: 0,
            body_left: 0,
            looked_at: 0,
            misframed: false,
            linger: None,
            silence_max,
            silence: None,
        }
    }

    /// Clears what may be cleared of the buffer: a piece of body, or the next head if it is whole.
    fn judge(&mut self) -> Result<(), Misframed> {
        if self.body_left > 0 {
            self.cleared = usize::try_from(self.body_left)
                .unwrap_or(usize::MAX)
                .min(self.buffer.len());
            self.body_left -= self.cleared as u64;
        } else if let Some(end) = head::end(&self.buffer, self.looked_at)? {
            self.body_left = head::body_bytes(&self.buffer[..end])?;
            self.cleared = end;
            self.looked_at = 0;
        } else {
            self.looked_at = self.buffer.len();
        }
        Ok(())
    }

    /// Puts a head in place of the misframed one and lets nothing after it through.
    fn replace(&mut self, Misframed(why): Misframed) {
        tracing::info!(why, "misframed");
        self.misframed = true;
        self.buffer = REPLACEMENT.to_vec();
        self.cleared = REPLACEMENT.len();
    }

    /// Reads once from the stream to the end of the buffer. Zero bytes: the peer has closed.
    ///
    /// What is read comes to the stack first: ten thousand connections that wait have no buffers.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut room = [MaybeUninit::uninit(); READ_BYTES];
        let mut room = ReadBuf::uninit(&mut room);
        let polled = Pin::new(&mut self.stream).poll_read(cx, &mut room);
        if polled.is_pending() && self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
        self.buffer.extend_from_slice(room.filled());
        polled.map_ok(|()| room.filled().len())
    }

    /// What came of writing, unless the peer has taken nothing for too long.
    fn unless_silent<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.silence = None;
            return written;
        }
        let silence = self
            .silence
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(self.silence_max)));
        ready!(silence.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn has_unread_input(&self) -> bool {
        self.misframed || self.body_left > 0
    }

    /// Reads and forgets what the peer still sends, until it closes or has had its time.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let (deadline, read) = self
                .linger
                .get_or_insert_with(|| (Box::pin(tokio::time::sleep(LINGER)), 0));
            if *read > LINGER_BYTES_MAX || deadline.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            self.buffer.clear();
            match ready!(self.poll_fill(cx)) {
                Ok(0) | Err(_) => return Poll::Ready(()),
                Ok(more) => {
                    if let Some((_, read)) = &mut self.linger {
                        *read += more;
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.cleared > 0 {
                let given = this.cleared.min(to.remaining());
                to.put_slice(&this.buffer[..given]);
                this.buffer.drain(..given);
                this.cleared -= given;
                return Poll::Ready(Ok(()));
            }
            if this.misframed {
                // Nothing after it is read as a request; hyper writes its answer and closes.
                return Poll::Pending;
            }
            if !this.buffer.is_empty() {
                this.judge()
                    .unwrap_or_else(|misframed| this.replace(misframed));
                if this.cleared > 0 {
                    continue;
                }
            }
            if ready!(this.poll_fill(cx))? == 0 {
                // The end of the stream, in the middle of a head or not: hyper sees an end and no part of that head.
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.unless_silent(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.unless_silent(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.unless_silent(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        if this.has_unread_input() {
            ready!(this.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
