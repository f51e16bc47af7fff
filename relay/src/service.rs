//! What a service manager hands over and is told: sockets that it opened (`LISTEN_FDS`), and when the relay is ready (`NOTIFY_SOCKET`).
//!
//! Sockets that outlive the relay let connections wait while it is exchanged for a newer one.

use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use listenfd::ListenFd;

/// Listening sockets from the service manager, in place of those that the config names.
#[derive(Debug, Default)]
pub struct Inherited {
    /// The first one.
    pub public: Option<TcpListener>,
    /// The second one.
    pub outbox: Option<TcpListener>,
}

impl Inherited {
    /// Takes what was handed over to this process.
    ///
    /// # Errors
    /// What was handed over is no listening TCP socket.
    pub fn take() -> io::Result<Inherited> {
        let mut handed = ListenFd::from_env();
        Ok(Inherited {
            public: handed.take_tcp_listener(0)?,
            outbox: handed.take_tcp_listener(1)?,
        })
    }
}

/// Who wants to know when the relay is ready: systemd with `Type=notify`, or nobody.
#[derive(Debug)]
pub struct Manager {
    socket: Option<UnixDatagram>,
}

impl Manager {
    /// The one at `address`, a path or, after an @, an abstract name.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn at(address: Option<OsString>) -> io::Result<Manager> {
        let Some(address) = address else {
            return Ok(Manager { socket: None });
        };
        let address = match address.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
            _ => SocketAddr::from_pathname(&address)?,
        };
        let socket = UnixDatagram::unbound()?;
        // Connected now: later the relay may connect to nobody.
        socket.connect_addr(&address)?;
        Ok(Manager {
            socket: Some(socket),
        })
    }

    /// Tells it that the relay answers.
    pub fn ready(&self) {
        self.tell("READY=1");
    }

    /// Tells it that the relay finishes what was begun.
    pub fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    fn tell(&self, state: &str) {
        if let Some(socket) = &self.socket {
            // A manager that does not listen any more cannot be told so.
            let _ = socket.send(state.as_bytes());
        }
    }
}
