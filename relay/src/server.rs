//! How the relay starts, what it does by the clock, and how it all stops.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use ring::rand::SystemRandom;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::attachments::Attachments;
use crate::bodies::Bodies;
use crate::catalogue::{Board, Source, Word};
use crate::clock::Clock;
use crate::config::{Config, Limits};
use crate::crowd::Crowd;
use crate::door::{Door, Side};
use crate::fault::Fault;
use crate::journal::Journal;
use crate::keys::SigningKey;
use crate::log::key::LogSigner;
use crate::log::{Folder, Mirror};
use crate::metrics::{Counters, Event};
use crate::reload::{LastReload, Reload};
use crate::service::Inherited;
use crate::store::Store;
use crate::tls::Served;
use crate::{Certificates, Relay, admin, descriptors, scrub, tls, upload};

/// Connections from the inside; there is one intake, or a few.
const OUTBOX_CONNECTIONS_MAX: u32 = 16;

/// How often tombstones that have had their time are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(3600);

/// How often it is looked at how much room there is, for the forecast.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How often submissions whose attachments did not come until `exp` are looked for.
const DROP_UNFINISHED_EVERY: Duration = Duration::from_secs(60);

/// Connections that the kernel keeps until there is room (it may be set to keep fewer). Beyond them a browser tries again
/// after a second by itself; the 128 of the standard library are fewer than a ward's people at eight in the morning.
const KERNEL_QUEUE: u32 = 4096;

/// Where the relay listens: the bound addresses, any free port resolved.
#[derive(Debug)]
pub struct Addresses {
    /// `http://…` or, with `[tls]`, `https://…`.
    pub public: String,
    /// `https://…`.
    pub outbox: String,
    /// `http://…` or `unix:…`, if there is one.
    pub admin: Option<String>,
}

/// What reaches the running relay from its operator. Signals, in `motcua-relay`.
#[derive(Debug)]
pub struct Orders {
    /// Read config, certificates and catalogue again.
    pub reload: mpsc::Receiver<()>,
    /// Finish what was begun, and stop.
    pub stop: oneshot::Receiver<()>,
    /// How much is logged; the operator may change it.
    pub journal: Journal,
}

/// Everything that `relay.toml` names, read and good; the store excepted, which a running relay holds.
struct Inputs {
    key: SigningKey,
    log_signer: Arc<LogSigner>,
    source: Source,
    word: Word,
    public_tls: Option<Served>,
    outbox_tls: Served,
}

impl Inputs {
    fn read(config: &Config, clock: Clock, random: SystemRandom) -> Result<Inputs, Fault> {
        let key = SigningKey::read(&config.signing_key, random)?;
        let log_signer = LogSigner::read(&config.log_key)?;
        let source = Source::of(config, key.kid(), log_signer.public().clone())?;
        let word = source.read(clock.now())?;
        let public_tls = config.tls.as_ref().map(tls::public).transpose()?;
        let outbox_tls = tls::outbox(&config.outbox)?;
        Ok(Inputs {
            key,
            log_signer: Arc::new(log_signer),
            source,
            word,
            public_tls,
            outbox_tls,
        })
    }
}

/// Reads everything that `config` names, except the store: `--check-config`.
///
/// # Errors
/// The first file that will not do.
pub fn check(config: &Config, clock: Clock, random: SystemRandom) -> Result<(), Fault> {
    Inputs::read(config, clock, random).map(drop)
}

/// Runs the relay until it is ordered to stop; `ready` is called once both ports answer. Sockets that were `inherited` are
/// used instead of new ones.
///
/// # Errors
/// Whatever keeps it from starting; and a failure of the store, after which nothing was acknowledged.
pub async fn run(
    config: Config,
    clock: Clock,
    random: SystemRandom,
    orders: Orders,
    inherited: Inherited,
    ready: impl FnOnce(Addresses),
) -> Result<(), Fault> {
    let inputs = Inputs::read(&config, clock, random)?;
    let (signer, folder) = (inputs.log_signer, Folder::new(&config.log));
    let (store, mut writer_end) = Store::open(&config, &signer, |connection| {
        folder.witness(connection, signer.public())
    })?;
    let reader = Store::reader(&config.store)?;
    let (scrub_reader, log_key) = (Store::reader(&config.store)?, signer.public().clone());
    let mirror = Mirror::start(folder.clone(), reader, signer, clock)?;
    let attachments = Attachments::open(&config, &store).await?;
    let board = Board::put_up(inputs.source, inputs.word, &store).await?;
    let stopping = watch::Sender::new(false);
    let public_listener = listener("listen", config.listen, inherited.public)?;
    let outbox_listener = listener("[outbox] listen", config.outbox.listen, inherited.outbox)?;
    let admin = match &config.admin {
        Some(admin) => Some((admin::Listener::bind(&admin.listen).await?, admin)),
        None => None,
    };
    let addresses = Addresses {
        public: origin(&public_listener, inputs.public_tls.is_some()),
        outbox: origin(&outbox_listener, true),
        admin: admin
            .as_ref()
            .map(|(listener, admin)| listener.address(&admin.listen)),
    };
    let public_rooms = public_rooms(&config.limits);
    let bodies = Bodies::new(&config.limits);
    let queue = Semaphore::new(config.limits.waiting_max.get() as usize);
    let public_tls = inputs.public_tls.map(watch::Sender::new);
    let outbox_tls = watch::Sender::new(inputs.outbox_tls);
    let relay = Arc::new(Relay {
        clock,
        limits: config.limits.clone(),
        key: inputs.key,
        board,
        log: folder,
        stopping,
        store,
        published: mirror.published(),
        counters: Counters::new(),
        attachments,
        scrubbed_at: AtomicI64::new(0),
        bodies,
        queue,
        crowd: Crowd::new(public_rooms),
        last_reload: LastReload::default(),
        certificates: Certificates {
            public: public_tls.as_ref().map(watch::Sender::subscribe),
            outbox: outbox_tls.subscribe(),
        },
    });
    let public = Door::new(
        &relay,
        Side::Public,
        relay.certificates.public.clone(),
        public_rooms,
    );
    let outbox = Door::new(
        &relay,
        Side::Outbox,
        Some(relay.certificates.outbox.clone()),
        OUTBOX_CONNECTIONS_MAX,
    );
    tokio::spawn(public.clone().open(public_listener));
    tokio::spawn(outbox.clone().open(outbox_listener));
    if let Some((listener, _)) = admin {
        let journal = orders.journal.clone();
        tokio::spawn(listener.open(Arc::clone(&relay), journal));
    }
    scrub::start(Arc::clone(&relay), scrub_reader, log_key)?;
    let store_place = config.store.clone();
    let reload = Reload {
        started_with: config,
        public_tls,
        outbox_tls,
        journal: orders.journal,
    };
    tokio::spawn(reload.run(Arc::clone(&relay), orders.reload));
    tokio::spawn(purge_tombstones(Arc::clone(&relay)));
    tokio::spawn(watch_room(Arc::clone(&relay)));
    tokio::spawn(drop_unfinished(Arc::clone(&relay)));
    let mirror = tokio::spawn(mirror.run(relay.store.last_seq()));
    ready(addresses);

    let writer_ended = tokio::select! {
        ended = &mut writer_end => ended,
        said = relay.attachments.failed() => return Err(broken(&store_place, &said)),
        _ = orders.stop => {
            tracing::info!("stopping");
            relay.stopping.send_replace(true);
            public.drained().await;
            outbox.drained().await;
            relay.store.close().await;
            writer_end.await
        }
    };
    let failure = match writer_ended {
        Ok(Ok(())) => return publish_the_last(mirror).await,
        Ok(Err(error)) => error.to_string(),
        Err(_vanished) => "its thread broke off".to_owned(),
    };
    Err(broken(&store_place, &failure))
}

/// The end of a relay that the disk has refused.
fn broken(store: &Path, failure: &str) -> Fault {
    Fault::new(
        store.display(),
        format!("writing failed ({failure}); nothing was acknowledged since"),
        "look after the disk, then start the relay again",
    )
}

/// What was committed while the relay was stopping goes to the log's files as well.
async fn publish_the_last(mirror: JoinHandle<Mirror>) -> Result<(), Fault> {
    match mirror.await {
        Ok(mut mirror) => mirror.publish(),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// How many public connections there can be at a time.
fn public_rooms(limits: &Limits) -> u32 {
    let (wanted, descriptors) = (limits.connections_max.get(), descriptors::raise());
    let rooms = descriptors::connections(descriptors, wanted);
    if rooms < wanted {
        tracing::warn!(
            connections_max = wanted,
            rooms,
            descriptors,
            "too few descriptors for connections_max"
        );
    }
    rooms
}

/// The socket that was handed over, or a new one at the address of the config.
fn listener(
    key: &str,
    address: SocketAddr,
    inherited: Option<std::net::TcpListener>,
) -> Result<TcpListener, Fault> {
    let listener = match inherited {
        Some(inherited) => inherited
            .set_nonblocking(true)
            .and_then(|()| TcpListener::from_std(inherited)),
        None => listen(address),
    };
    listener.map_err(|error| {
        let mend = "stop what listens there, or choose another port";
        Fault::new(
            format!("{key} = \"{address}\""),
            format!("cannot listen there: {error}"),
            mend,
        )
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(KERNEL_QUEUE)
}

fn origin(listener: &TcpListener, is_tls: bool) -> String {
    let scheme = if is_tls { "https" } else { "http" };
    // A bound socket knows its address.
    let address = listener
        .local_addr()
        .map_or_else(|error| error.to_string(), |address| address.to_string());
    format!("{scheme}://{address}")
}

async fn purge_tombstones(relay: Arc<Relay>) {
    loop {
        if let Ok(purged) = relay.store.purge(relay.clock.now()).await
            && purged > 0
        {
            relay.counters.add(Event::Purged, purged);
            tracing::info!(purged, "tombstones");
        }
        tokio::time::sleep(PURGE_EVERY).await;
    }
}

async fn watch_room(relay: Arc<Relay>) {
    loop {
        relay.store.room().look(Instant::now());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Drops submissions whose attachments did not come in time.
async fn drop_unfinished(relay: Arc<Relay>) {
    loop {
        // What refuses has been logged, and the next round tries again.
        let _ = upload::lapse(&relay).await;
        tokio::time::sleep(DROP_UNFINISHED_EVERY).await;
    }
}
