//! `motcua check` and `motcua build`: the way from sources to a portal, step by step.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use envelope::PublicKey;
use formdef::{Bilingual, Lang, Moment, both, say};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Options;
use crate::catalogue::{release_file, signed_files};
use crate::content::Content;
use crate::fault::{Fault, Mistake};
use crate::files::Files;
use crate::keys::{KeyFault, Keys};
use crate::memo::Memo;
use crate::outgoing::Outgoing;
use crate::output::Output;
use crate::portal::is_origin;
use crate::prepared::Prepared;
use crate::published::Published;
use crate::readers::{self, FormReaders};
use crate::release::RELEASE;
use crate::report::{self, Palette, for_a_person, plural};
use crate::signed_again;
use crate::sources::Sources;
use crate::standing::{self, Standing};
use crate::timings::{Stage, Timings};
use crate::versions::{self, FormDifference};
use crate::writing::{WriteFault, Writing, Written};

/// Why there is no portal.
#[derive(Debug)]
pub enum Failure {
    /// The sources have faults: all of them, in the order of their places.
    Faults(Vec<Fault>),
    /// Keys are missing, expired, or not what they should be.
    Keys(Vec<KeyFault>),
    /// The folder cannot be written.
    Write(WriteFault),
    /// What was published cannot be read, compared or kept.
    Published(Bilingual),
    /// No threads could be started.
    Threads(String),
}

impl Failure {
    /// The whole story for a person, without a final line break.
    pub fn show(&self, lang: Lang, palette: &Palette) -> String {
        match self {
            Failure::Faults(faults) => {
                let mut told: Vec<String> = faults
                    .iter()
                    .map(|fault| for_a_person(fault, lang, palette) + "\n")
                    .collect();
                told.push(report::count(faults, lang));
                told.join("\n")
            }
            Failure::Keys(faults) => {
                let told: String = faults
                    .iter()
                    .map(|fault| fault.show(lang) + "\n\n")
                    .collect();
                let (number, s) = (faults.len(), plural(faults.len()));
                told + &say!(
                    lang,
                    "{number} fault{s} of keys; nothing was written",
                    "{number} lỗi về khóa; chưa ghi gì cả"
                )
            }
            Failure::Published(sentence) => sentence.of(lang).to_owned(),
            Failure::Write(fault) => fault.show(lang),
            Failure::Threads(cause) => no_threads(cause).of(lang).to_owned(),
        }
    }
}

/// No threads could be started, and why.
pub(crate) fn no_threads(cause: &dyn fmt::Display) -> Bilingual {
    both!(
        "no threads could be started: {cause}\n  = give fewer with --threads",
        "không khởi động được luồng xử lý: {cause}\n  = giảm số luồng bằng --threads"
    )
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(Lang::En, &Palette::PLAIN))
    }
}

impl std::error::Error for Failure {}

/// What a portal holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Services.
    pub services: usize,
    /// Agencies, and how many of them are open on the day.
    pub agencies: (usize, usize),
    /// Languages, and how many texts of pages each shows in the default one.
    pub fallbacks: BTreeMap<String, usize>,
    /// Who reads what, form by form.
    pub readers: Vec<FormReaders>,
}

impl Summary {
    /// What it says to a person who checks: also the rules that no office can check again. Without a final line break.
    pub fn show_checked(&self, lang: Lang) -> String {
        let mut lines = vec![self.show(lang)];
        lines.extend(readers::uncheckable(&self.readers, lang));
        lines.join("\n")
    }

    /// What it says to a person, without a final line break.
    pub fn show(&self, lang: Lang) -> String {
        let (services, s) = (self.services, plural(self.services));
        let (agencies, open) = self.agencies;
        let mut lines = vec![say!(
            lang,
            "{services} service{s}, {agencies} agencies ({open} open)",
            "{services} thủ tục, {agencies} cơ quan ({open} đang nhận hồ sơ)"
        )];
        for (language, count) in self.fallbacks.iter().filter(|(_, count)| **count > 0) {
            let s = plural(*count);
            lines.push(say!(
                lang,
                "{language}: {count} text{s} shown in the default language",
                "{language}: {count} phần chữ hiển thị bằng ngôn ngữ chính"
            ));
        }
        lines.join("\n")
    }
}

/// How much of who reads what a build tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Little,
    /// The table, for many forms a line.
    Fitting,
    /// The table.
    Readers,
}

/// What a build did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What the portal holds.
    pub summary: Summary,
    /// How many pages it has.
    pub pages: usize,
    /// How many files, and their bytes together.
    pub files: (usize, usize),
    /// Whether the catalogue is signed and forms can be sent.
    pub sending: bool,
    /// What writing changed.
    pub written: Written,
}

impl Report {
    /// What it says to a person, without a final line break.
    pub fn show(&self, lang: Lang, told: Told) -> String {
        let Written {
            written,
            pages: pages_written,
            unchanged,
            removed,
        } = self.written;
        let (pages, (files, bytes)) = (self.pages, self.files);
        let kilobytes = bytes / 1024;
        let mut lines = vec![self.summary.show(lang)];
        let forms = &self.summary.readers;
        let whole = told == Told::Readers || forms.len() <= readers::TABLE_FORMS_MAX;
        lines.extend(match told {
            Told::Little => None,
            _ if whole => Some(readers::table(forms, lang)),
            _ => Some(readers::summary(forms, lang)),
        });
        lines.extend([
            say!(
                lang,
                "{pages} pages, {files} files, {kilobytes} KB",
                "{pages} trang, {files} tệp, {kilobytes} KB"
            ),
            say!(
                lang,
                "{written} written ({pages_written} of them pages), {unchanged} unchanged, {removed} removed",
                "đã ghi {written} (trong đó {pages_written} trang), giữ nguyên {unchanged}, xóa {removed}"
            ),
        ]);
        if !self.sending {
            lines.push(say!(
                lang,
                "preview: no --keys, so nothing is signed and every form says that sending is off",
                "bản xem thử: không có --keys, nên chưa ký gì cả và mọi biểu mẫu đều ghi là chưa gửi được"
            ));
        }
        lines.join("\n")
    }
}

/// A portal before it is written: pages also as the templates gave them, for tests.
pub struct Made {
    /// Every file.
    pub output: Output,
    /// Every page before minification, by its path.
    pub plain_pages: BTreeMap<String, String>,
}

/// Takes a file of a portal: its path, its bytes, and of a page the text before it was made smaller.
pub(crate) type Take<'a> =
    &'a (dyn Fn(&str, &[u8], Option<&[u8]>) -> Result<(), WriteFault> + Sync);

/// Is told how many of so many steps are done, from several threads at once.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Who watches a build.
#[derive(Clone, Copy)]
struct Watch<'a> {
    progress: Progress<'a>,
    timings: &'a Timings,
}

/// Finds every fault of a portal's sources; nothing is written.
pub fn check(options: &Options) -> Result<Summary, Failure> {
    check_telling(options, &|_, _| ())
}

/// The same, telling how far it is.
pub fn check_telling(options: &Options, progress: Progress<'_>) -> Result<Summary, Failure> {
    let options = Options {
        keys: None,
        compressed: None,
        ..options.clone()
    };
    let timings = &Timings::default();
    prepare_and(&options, |prepared, _| {
        let watch = Watch { progress, timings };
        make_each(prepared, None, &options, watch, &|_, _, _| Ok(()))?;
        Ok(summary(&prepared.content, options.moment()))
    })
}

/// The sources against what was published.
pub struct Compared {
    /// What the portal holds.
    pub summary: Summary,
    /// What differs, service by service.
    pub differences: Vec<FormDifference>,
    /// Versions that changed, went back, or would be forgotten.
    pub faults: Result<(), Failure>,
}

/// Finds every fault of a portal's sources, then what differs from what `from` publishes: the address of a portal, its
/// folder, or a `catalogue.jws` with `forms/` beside it, signed by one of `publishers` where there are any. Nothing is
/// written.
pub fn check_against(
    options: &Options,
    from: &str,
    publishers: &[PublicKey],
) -> Result<Compared, Failure> {
    let sources = Sources::read(&options.forms, &options.site).map_err(sorted)?;
    let prepared = prepare(sources, options, &Memo::forgetful())?;
    let (forms, content) = (&prepared.sources.forms, &prepared.content);
    let published = Published::read(from, publishers).map_err(Failure::Published)?;
    let changed = content
        .services
        .iter()
        .flat_map(|service| versions::faults(forms, service, &published));
    let mut faults: Vec<Fault> = changed.collect();
    faults.extend(versions::unkept(forms, content, &published, from));
    let ids = published.forms.keys();
    faults.extend(content.former.forgotten(forms, &content.services, ids));
    Ok(Compared {
        summary: summary(content, options.moment()),
        differences: versions::differences(content, &published),
        faults: if faults.is_empty() {
            Ok(())
        } else {
            Err(sorted(faults))
        },
    })
}

/// Keeps the forms among the sources as they are published: as `from` publishes them, signed by one of `publishers` where
/// there are any, else as they are now. Returns the paths of the files that are new there.
pub fn keep(
    options: &Options,
    from: Option<&str>,
    publishers: &[PublicKey],
) -> Result<Vec<PathBuf>, Failure> {
    let published = match from {
        Some(from) => Published::read(from, publishers).map_err(Failure::Published)?,
        None => {
            let sources = Sources::read(&options.forms, &options.site).map_err(sorted)?;
            let prepared = prepare(sources, options, &Memo::forgetful())?;
            let content = &prepared.content;
            let mut published = Published::default();
            for service in &content.services {
                published.add(&service.form, &content.lists);
            }
            published
        }
    };
    versions::keep(&options.forms, &published).map_err(Failure::Published)
}

/// Builds a portal and writes it to its folder. A failure before writing leaves the folder as it was.
pub fn build(options: &Options) -> Result<Report, Failure> {
    build_telling(options, &|_, _| ())
}

/// The same, telling how far it is.
pub fn build_telling(options: &Options, progress: Progress<'_>) -> Result<Report, Failure> {
    build_timed(options, progress, &Timings::default())
}

/// The same, noting how long each stage takes.
pub fn build_timed(
    options: &Options,
    progress: Progress<'_>,
    timings: &Timings,
) -> Result<Report, Failure> {
    on_threads(options, || {
        timings.begin(Stage::Sources);
        let sources = Sources::read(&options.forms, &options.site).map_err(sorted)?;
        let keys = read_keys(options);
        let made_of = keys.as_ref().ok();
        let made_of = made_of.and_then(|keys| standing::made_of(&sources, keys.as_ref(), options));
        let standing =
            made_of.and_then(|made_of| Standing::read(&options.out, made_of, options.now));
        if let (Some(standing), Ok(keys)) = (standing, &keys)
            && let Some(report) = as_it_stands(standing, keys.as_ref(), options)
        {
            return report;
        }
        timings.begin(Stage::Content);
        let content = understand(&sources, options, &Memo::forgetful())?;
        timings.begin(Stage::Site);
        let prepared = Prepared::new(sources, content, &Memo::forgetful());
        let mut prepared = prepared.map_err(sorted)?;
        prepared.let_go_of_texts();
        let keys = keys?;
        let writing = Writing::begin(&options.out).map_err(Failure::Write)?;
        let put = |path: &str, bytes: &[u8], _: Option<&[u8]>| writing.put(path, bytes);
        let watch = Watch { progress, timings };
        let pages = make_each(&prepared, keys.as_ref(), options, watch, &put)?;
        let summary = summary(&prepared.content, options.moment());
        let times = (options.now, standing::until(&prepared.content, options));
        // Whoever waits for the portal does not wait for what it was made of to go.
        rayon::spawn(move || drop(prepared));
        let files = writing.size();
        timings.begin(Stage::Places);
        let (written, stamps) = writing.finish().map_err(Failure::Write)?;
        let report = Report {
            summary,
            pages,
            files,
            sending: keys.is_some(),
            written,
        };
        timings.begin(Stage::Standing);
        if let Some(made_of) = made_of {
            standing::say(&options.out, made_of, times, stamps, &report);
        }
        Ok(report)
    })
}

/// Keeps the portal that stands, signed for this moment where it is signed; `None` when it has to be made anew.
fn as_it_stands(
    standing: Standing,
    keys: Option<&Keys>,
    options: &Options,
) -> Option<Result<Report, Failure>> {
    match keys {
        Some(keys) if standing.built != options.now => signed_again::renew(standing, keys, options),
        _ => Some(Ok(standing.report())),
    }
}

/// Builds a portal as a value: it depends on sources, keys and `now` alone.
pub fn make(options: &Options) -> Result<Made, Failure> {
    let made = Mutex::new(Made {
        output: Output::default(),
        plain_pages: BTreeMap::new(),
    });
    let keep = |path: &str, bytes: &[u8], plain: Option<&[u8]>| {
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        made.output.add(path, bytes);
        if let Some(plain) = plain {
            let plain = String::from_utf8_lossy(plain).into_owned();
            made.plain_pages.insert(path.to_owned(), plain);
        }
        Ok(())
    };
    let timings = &Timings::default();
    prepare_and(options, |prepared, keys| {
        let progress = &|_, _| ();
        make_each(prepared, keys, options, Watch { progress, timings }, &keep)
    })?;
    Ok(made.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Works on as many threads as the options say.
fn on_threads<T: Send>(
    options: &Options,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.unwrap_or_default())
        .build();
    let threads = threads.map_err(|error| Failure::Threads(error.to_string()))?;
    threads.install(work)
}

/// Reads sources and keys, and works with them on as many threads as the options say.
fn prepare_and<T: Send>(
    options: &Options,
    work: impl FnOnce(&Prepared, Option<&Keys>) -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    on_threads(options, || {
        let sources = Sources::read(&options.forms, &options.site).map_err(sorted)?;
        let prepared = prepare(sources, options, &Memo::forgetful())?;
        work(&prepared, read_keys(options)?.as_ref())
    })
}

fn read_keys(options: &Options) -> Result<Option<Keys>, Failure> {
    let keys = options.keys.as_deref().map(Keys::read).transpose();
    keys.map_err(|fault| Failure::Keys(vec![fault]))
}

/// Understands the sources, finds their faults, and gives the portal the origins of the options.
pub(crate) fn prepare(
    sources: Sources,
    options: &Options,
    memo: &Memo,
) -> Result<Prepared, Failure> {
    let content = understand(&sources, options, memo)?;
    Prepared::new(sources, content, memo).map_err(sorted)
}

/// What the sources say, with the origins of the options.
fn understand(sources: &Sources, options: &Options, memo: &Memo) -> Result<Content, Failure> {
    let mut content = Content::read_with(sources, memo).map_err(sorted)?;
    for (given, origin) in [
        (&options.portal, &mut content.portal.portal),
        (&options.relay, &mut content.portal.relay),
    ] {
        let Some(given) = given else { continue };
        if !is_origin(given) {
            let value = given.clone();
            let fault = Fault::new("command line", None, &Mistake::Origin { value });
            return Err(Failure::Faults(vec![fault]));
        }
        origin.clone_from(given);
    }
    Ok(content)
}

/// Makes every file and gives it to `take` as soon as it is made, from several threads at once: the path, the text, and of
/// a page the text before it was made smaller. Returns how many pages there are.
fn make_each(
    prepared: &Prepared,
    keys: Option<&Keys>,
    options: &Options,
    watch: Watch<'_>,
    take: Take<'_>,
) -> Result<usize, Failure> {
    watch.timings.begin(Stage::Signed);
    let (signed, files) = rayon::join(
        || keys.map(|keys| signed_files(&prepared.content, keys, options.now)),
        || Files::of_build(prepared, options.moment(), keys.map(signers)),
    );
    let signed = signed.transpose().map_err(Failure::Keys)?;
    let (done, all) = (AtomicUsize::new(0), files.pages().count());
    let step = || (watch.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, all);
    let outgoing = Outgoing::new(
        options.compressed.as_deref(),
        keys.map(|_| BTreeMap::new()),
        take,
    );
    let signed = signed.unwrap_or_default().into_par_iter();
    signed
        .try_for_each(|(path, text)| outgoing.take(&path, text.as_bytes(), None))
        .map_err(Failure::Write)?;
    files.each(&step, watch.timings, &|path, bytes, plain| {
        outgoing.take(path, bytes, plain)
    })?;
    outgoing.tidy();
    if let (Some(keys), Some(released)) = (keys, outgoing.released()) {
        let text = release_file(&prepared.content, &keys.publisher, released, options.now);
        take(RELEASE, text.as_bytes(), None).map_err(Failure::Write)?;
    }
    Ok(all)
}

/// Whose signatures pages believe: the publishers', and on receipts and proofs the relays' and the logs'.
pub(crate) fn signers(keys: &Keys) -> Value {
    let jwks = |keys: &[PublicKey]| keys.iter().map(|key| json!(key.jwk())).collect::<Value>();
    json!({ "publishers": jwks(&keys.publishers), "relays": jwks(&keys.relays), "logs": keys.logs })
}

pub(crate) fn summary(content: &Content, built: Moment) -> Summary {
    let agencies = || {
        content
            .districts
            .iter()
            .flat_map(|district| &district.agencies)
    };
    Summary {
        services: content.services.len(),
        agencies: (
            agencies().count(),
            agencies().filter(|agency| agency.is_open(built)).count(),
        ),
        fallbacks: content.fallbacks.clone(),
        readers: content
            .services
            .par_iter()
            .map(|service| FormReaders::of(&service.form))
            .collect(),
    }
}

/// Faults in the order of their places, each once: two forms that use one section have its faults in common.
pub(crate) fn sorted(mut faults: Vec<Fault>) -> Failure {
    faults.sort_by(|a, b| {
        a.place()
            .cmp(&b.place())
            .then_with(|| a.to_string().cmp(&b.to_string()))
    });
    faults.dedup();
    Failure::Faults(faults)
}
