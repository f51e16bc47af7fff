//! `motcua`: what each command does and says.

mod bar;
mod cli;
mod live;
mod news;
mod start;

use std::io::stderr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use envelope::{PublicKey, UnixTime};
use formdef::{Bilingual, Lang, say};
use generator::catalogue::midnight;
use generator::keys::{Added, Publisher, Register, Use, add_all, add_files, read_public};
use generator::preview::Preview;
use generator::report::{Format, Palette, as_annotations, as_json, for_a_person};
use generator::serve::{Folder, Server, Site};
use generator::translations::{self, Texts};
use generator::{
    Failure, Fault, Options, Timings, Told, build_timed, check_against, check_telling, history,
    keep, new, schema, size, xlsform,
};

use bar::Bar;
use cli::{
    AddKeys, Build, Check, Cli, Command, History, Import, ImportXlsform, Keep, KeyFolder, Keys,
    MadeOf, New, NewForm, Publishers, Serve, Size, Sources, Telling, Translations,
};
use live::{run_host, run_publish, run_status, run_verify};
use news::tell_news;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.unwrap_or_else(language_of_the_system);
    let done = match cli.command {
        Command::New(New::Portal { dir }) => run_new_portal(&dir, lang),
        Command::New(New::Form(arguments)) => run_new_form(&arguments, lang),
        Command::Check(arguments) => run_check(arguments, lang),
        Command::Build(arguments) => run_build(&arguments, lang),
        Command::Serve(arguments) => run_serve(arguments, lang),
        Command::Publish(arguments) => run_publish(&arguments, lang),
        Command::Verify(arguments) => run_verify(&arguments, lang),
        Command::Status(arguments) => return run_status(&arguments, lang),
        Command::Host(arguments) => run_host(&arguments, lang),
        Command::Keep(arguments) => run_keep(arguments, lang),
        Command::History(arguments) => run_history(&arguments, lang),
        Command::Keys(Keys::Publisher(folder)) => run_keys_publisher(&folder, lang),
        Command::Keys(Keys::Add(arguments)) => run_keys_add(&arguments, lang),
        Command::Keys(Keys::List(folder)) => run_keys_list(&folder, lang),
        Command::Import(Import::Xlsform(arguments)) => return run_import_xlsform(&arguments, lang),
        Command::Size(arguments) => run_size(&arguments, lang),
        Command::Schema(arguments) => run_schema(&arguments.forms, &arguments.out, lang),
        Command::Translations(arguments) => run_translations(&arguments, lang),
        Command::Completions { shell } => run_completions(shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("{message}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The sentence a command ends with when it fails; empty when all was said on standard output.
type Done = Result<(), String>;

fn run_new_portal(dir: &Path, lang: Lang) -> Done {
    new::portal(dir, &start::portal(), lang)?;
    run_schema(&dir.join("forms"), &dir.join("schemas"), lang)?;
    println!("cd {} && motcua check", dir.display());
    Ok(())
}

fn run_new_form(arguments: &NewForm, lang: Lang) -> Done {
    let name = new::Name {
        id: &arguments.id,
        title: arguments.title.as_deref(),
    };
    let folder = match &arguments.like {
        Some(like) => new::form_like(&arguments.forms, &name, like, lang)?,
        None => new::form(&arguments.forms, &name, &start::form(), lang)?,
    };
    println!("{}", folder.join("form.toml").display());
    Ok(())
}

fn run_schema(forms: &Path, out: &Path, lang: Lang) -> Done {
    let schemas = schema::schemas(forms, lang).map_err(|faults| shown(&faults, lang))?;
    for path in schema::write(out, &schemas, lang)? {
        println!("{}", path.display());
    }
    Ok(())
}

fn run_translations(arguments: &Translations, lang: Lang) -> Done {
    let Sources { forms, site } = &arguments.sources;
    let texts = Texts::read(forms, site).map_err(|faults| shown(&faults, lang))?;
    let languages = match &arguments.language {
        None => texts.others().to_vec(),
        Some(language) if texts.others().contains(language) => vec![language.clone()],
        Some(language) => {
            let known = texts.others().join(", ");
            return Err(say!(
                lang,
                "`{language}` is no language to translate into\n  = those of portal.toml are: {known}",
                "«{language}» không phải ngôn ngữ để dịch sang\n  = các ngôn ngữ trong portal.toml là: {known}"
            ));
        }
    };
    for language in &languages {
        if let Some(path) = &arguments.import {
            let csv = std::fs::read_to_string(path).map_err(|error| at(path, &error))?;
            let (files, count) = texts.import(language, &csv, lang)?;
            println!(
                "{}",
                say!(
                    lang,
                    "{count} texts put into {files} files",
                    "đã đưa {count} lời vào {files} tệp"
                )
            );
            continue;
        }
        let mut entries = texts.entries(language);
        let (all, done) = (
            entries.len(),
            entries
                .iter()
                .filter(|entry| entry.translated.is_some())
                .count(),
        );
        println!(
            "{}",
            say!(
                lang,
                "{language}: {done} of {all} texts are translated",
                "{language}: đã dịch {done} trên {all} lời"
            )
        );
        if let Some(path) = &arguments.export {
            entries.retain(|entry| !arguments.missing || entry.translated.is_none());
            let csv = translations::to_csv(&entries, texts.default_language(), language);
            std::fs::write(path, csv).map_err(|error| at(path, &error))?;
            println!("{}", path.display());
        }
    }
    Ok(())
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn shown(faults: &[Fault], lang: Lang) -> String {
    let faults = faults
        .iter()
        .map(|fault| for_a_person(fault, lang, &palette()));
    faults.collect::<Vec<_>>().join("\n\n")
}

fn run_completions(shell: Shell) -> Done {
    clap_complete::generate(shell, &mut Cli::command(), "motcua", &mut std::io::stdout());
    Ok(())
}

fn run_check(arguments: Check, lang: Lang) -> Done {
    let options = arguments.sources.options();
    let Telling { format } = arguments.telling;
    let bar = Bar::new();
    let tell = |failure: Failure| tell(&failure, format, lang);
    let no_fault = say!(lang, "no fault", "không có lỗi");
    let said = match arguments.against {
        None => format!(
            "{}\n{no_fault}",
            check_telling(&options, &bar.step())
                .map_err(tell)?
                .show_checked(lang)
        ),
        Some(published) => {
            let publishers = arguments.publishers.keys(lang)?;
            let compared = check_against(&options, &published, &publishers).map_err(tell)?;
            let mut said = format!(
                "{}\n{}",
                compared.summary.show_checked(lang),
                whose_catalogue(&published, &publishers, lang)
            );
            for difference in &compared.differences {
                said += &format!("\n{}", difference.show(lang));
            }
            // What differs is for people, and helps them whether it is a fault or not.
            if let (Format::Human, Err(_)) = (format, &compared.faults) {
                println!("{said}");
            }
            compared.faults.map_err(tell)?;
            let count = compared.differences.len();
            said + &say!(
                lang,
                "\n{count} of {published} differ, {no_fault}",
                "\n{count} biểu mẫu khác với {published}, {no_fault}"
            )
        }
    };
    match format {
        Format::Human => println!("{said}"),
        Format::Json => println!("{}", as_json(&[], lang)),
        Format::Github => {}
    }
    Ok(())
}

fn public_keys(paths: &[PathBuf], lang: Lang) -> Result<Vec<PublicKey>, String> {
    let read = |path: &PathBuf| read_public(path, Use::Sig).map_err(|fault| fault.show(lang));
    paths.iter().map(read).collect()
}

fn run_keep(arguments: Keep, lang: Lang) -> Done {
    let options = arguments.sources.options();
    let (against, publishers) = (
        arguments.against.as_deref(),
        arguments.publishers.keys(lang)?,
    );
    let kept = keep(&options, against, &publishers)
        .map_err(|failure| tell(&failure, Format::Human, lang))?;
    if let Some(against) = against {
        println!("{}", whose_catalogue(against, &publishers, lang));
    }
    for path in &kept {
        println!("{}", path.display());
    }
    let count = kept.len();
    let done = say!(
        lang,
        "{count} files are new; commit them with the forms",
        "{count} tệp mới; hãy lưu chúng vào git cùng các mẫu đơn"
    );
    println!("{done}");
    Ok(())
}

/// Whether it is known who signed what is compared with.
fn whose_catalogue(published: &str, publishers: &[PublicKey], lang: Lang) -> String {
    match publishers.is_empty() {
        true => say!(
            lang,
            "who signed the catalogue of {published} was not checked: give the publisher's key with --publisher",
            "chưa kiểm tra ai đã ký danh mục của {published}: hãy cho khóa của bên công bố bằng --publisher"
        ),
        false => say!(
            lang,
            "the catalogue of {published} is signed by the publisher",
            "danh mục của {published} đúng là do bên công bố ký"
        ),
    }
}

fn run_history(arguments: &History, lang: Lang) -> Done {
    let History {
        form,
        published,
        forms,
        publishers,
    } = arguments;
    let publishers = publishers.keys(lang)?;
    let states = if published.is_empty() {
        history::of_tags(form, forms)
    } else {
        history::of_published(form, published, &publishers)
    };
    let states = states.map_err(|said| said.of(lang).to_owned())?;
    println!("{}", history::show(form, &states, lang));
    for place in published {
        println!("{}", whose_catalogue(place, &publishers, lang));
    }
    Ok(())
}

fn run_build(arguments: &Build, lang: Lang) -> Done {
    let mut options = Options {
        compressed: arguments.compress.clone(),
        ..arguments.made_of.options(arguments.out.clone())
    };
    // Where nothing is signed, pages are those of the day on which it begins: made again on that day they are the same.
    if options.keys.is_none() && arguments.made_of.date.is_none() {
        options.now = midnight(options.moment().day());
    }
    let Telling { format } = arguments.telling;
    let bar = Bar::new();
    let timings = Timings::default();
    let report = build_timed(&options, &bar.step(), &timings)
        .map_err(|failure| tell(&failure, format, lang))?;
    let over = Instant::now();
    let out = arguments.out.display();
    let portal = say!(lang, "portal in {out}", "cổng ở trong {out}");
    let told = match (arguments.quiet, arguments.readers) {
        (true, _) => Told::Little,
        (false, true) => Told::Readers,
        (false, false) => Told::Fitting,
    };
    println!("{}\n{portal}", report.show(lang, told));
    if arguments.timings {
        println!("{}", timings.show(over, lang));
    }
    Ok(())
}

fn run_serve(arguments: Serve, lang: Lang) -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|error| {
            say!(
                lang,
                "no threads could be started: {error}",
                "không khởi động được luồng xử lý: {error}"
            )
        })?
        .block_on(async {
            let in_words = |said: Bilingual| said.of(lang).to_owned();
            let server = Server::bind(arguments.port).await.map_err(in_words)?;
            let address = format!("http://localhost:{}", server.port());
            match arguments.dir {
                Some(dir) => serve(server, Folder::open(&dir).map_err(in_words)?, &address).await,
                None => {
                    let mut options = arguments.made_of.options(PathBuf::new());
                    // A preview is a site of its own.
                    options.portal.get_or_insert_with(|| address.clone());
                    let preview = Preview::open(options, tell_news(lang)).map_err(in_words)?;
                    serve(server, preview, &address).await
                }
            }
        })
}

async fn serve(server: Server, site: impl Site, address: &str) -> Done {
    println!("portal {address}");
    server.run(site).await;
    Ok(())
}

/// Tells a failure: for machines the faults of sources go to standard output; the rest is for a person.
fn tell(failure: &Failure, format: Format, lang: Lang) -> String {
    match (failure, format) {
        (Failure::Faults(faults), Format::Json) => println!("{}", as_json(faults, lang)),
        (Failure::Faults(faults), Format::Github) => println!("{}", as_annotations(faults, lang)),
        _ => return failure.show(lang, &palette()),
    }
    String::new()
}

/// Colours when standard error is a terminal, as `NO_COLOR` and its kin have it.
fn palette() -> Palette {
    match anstream::AutoStream::choice(&stderr()) {
        anstream::ColorChoice::Never => Palette::PLAIN,
        _ => Palette::COLOURED,
    }
}

fn run_keys_publisher(folder: &KeyFolder, lang: Lang) -> Done {
    let mut random =
        |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system gives random bytes");
    let key = Publisher::create(&folder.keys, &mut random).map_err(|fault| fault.show(lang))?;
    let (thumbprint, dir) = (key.thumbprint(), folder.keys.display());
    println!(
        "{}",
        say!(
            lang,
            "publisher {thumbprint} in {dir}",
            "bên công bố {thumbprint} ở trong {dir}"
        )
    );
    Ok(())
}

fn run_keys_add(arguments: &AddKeys, lang: Lang) -> Done {
    let not_before = arguments.not_before.map_or_else(now, midnight);
    let two_years = || not_before.plus(2 * 365 * DAY_S);
    let not_after = arguments
        .not_after
        .map_or_else(two_years, |day| midnight(day).plus(DAY_S - 1));
    if not_after < not_before {
        return Err(say!(
            lang,
            "the last day is before the first\n  = correct --not-before or --not-after",
            "ngày cuối ở trước ngày đầu\n  = sửa lại --not-before hoặc --not-after"
        ));
    }
    let keys = &arguments.folder.keys;
    let added = match (&arguments.dir, &arguments.office, &arguments.file) {
        (Some(dir), _, _) => add_all(keys, dir, not_before, not_after),
        (None, Some(office), Some(file)) => add_files(
            keys,
            &[(office.clone(), file.clone())],
            not_before,
            not_after,
        ),
        _ => {
            return Err(say!(
                lang,
                "give --office CODE and FILE, or --dir DIR",
                "hãy đưa --office CODE và FILE, hoặc --dir DIR"
            ));
        }
    };
    let Added { added, known } = added.map_err(|fault| fault.show(lang))?;
    println!(
        "{}",
        say!(
            lang,
            "{added} added, {known} known already",
            "đã thêm {added}, đã có sẵn {known}"
        )
    );
    Ok(())
}

fn run_keys_list(folder: &KeyFolder, lang: Lang) -> Done {
    let register = Register::read(&folder.keys).map_err(|fault| fault.show(lang))?;
    let now = now();
    for (code, keys) in &register.offices {
        for key in keys {
            let state = if now < key.not_before {
                say!(lang, "not yet", "chưa đến hạn")
            } else if now > key.not_after {
                say!(lang, "expired", "đã hết hạn")
            } else {
                say!(lang, "valid", "đang dùng được")
            };
            println!(
                "{code}\t{}\t{}\t{}\t{state}",
                key.kid, key.not_before, key.not_after
            );
        }
    }
    Ok(())
}

/// The status of an import that had to leave something.
const LEFT: u8 = 3;

fn run_import_xlsform(arguments: &ImportXlsform, lang: Lang) -> ExitCode {
    let request = xlsform::Request {
        file: &arguments.file,
        id: arguments.id.as_deref(),
        out: &arguments.out,
        lang,
    };
    match xlsform::import(&request) {
        Ok(imported) => {
            println!("{}", imported.show(lang));
            match imported.is_whole() {
                true => ExitCode::SUCCESS,
                false => ExitCode::from(LEFT),
            }
        }
        Err(failure) => {
            eprintln!("{}", failure.show(lang));
            ExitCode::FAILURE
        }
    }
}

fn run_size(arguments: &Size, lang: Lang) -> Done {
    let said = |said: Bilingual| said.of(lang).to_owned();
    let sizes = size::measure(&arguments.dir).map_err(said)?;
    for page in &sizes {
        println!("{}", page.show(lang));
    }
    for piece in size::pieces(&arguments.dir).map_err(said)? {
        println!("{}", piece.show(lang));
    }
    let Some(max_kb) = arguments.max_kb else {
        return Ok(());
    };
    let over = sizes
        .iter()
        .filter(|page| page.total().brotli > max_kb * 1024)
        .count();
    if over > 0 {
        Err(say!(
            lang,
            "{over} pages weigh more than {max_kb} KB\n  = make style, script or page smaller, or raise --max-kb",
            "{over} trang nặng hơn {max_kb} KB\n  = làm gọn kiểu dáng, mã lệnh hoặc trang, hoặc tăng --max-kb"
        ))
    } else {
        Ok(())
    }
}

const DAY_S: i64 = 24 * 3600;

/// A build is millions of small pieces of text.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The only place that reads the system's clock.
fn now() -> UnixTime {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixTime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The first of the locale's variables that is set decides.
fn language_of_the_system() -> Lang {
    let set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let name = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find(set);
    match name.and_then(|name| std::env::var(name).ok()) {
        Some(locale) if locale.starts_with("vi") => Lang::Vi,
        _ => Lang::En,
    }
}

impl Publishers {
    fn keys(&self, lang: Lang) -> Result<Vec<PublicKey>, String> {
        public_keys(&self.publisher, lang)
    }
}

impl Sources {
    /// To look only: nothing is written or signed.
    fn options(self) -> Options {
        Options {
            forms: self.forms,
            site: self.site,
            out: PathBuf::new(),
            keys: None,
            portal: None,
            relay: None,
            now: now(),
            compressed: None,
            threads: None,
        }
    }
}

impl MadeOf {
    fn options(&self, out: PathBuf) -> Options {
        Options {
            forms: self.sources.forms.clone(),
            site: self.sources.site.clone(),
            out,
            keys: self.keys.clone(),
            portal: self.portal.clone(),
            relay: self.relay.clone(),
            now: self.date.map_or_else(now, |moment| UnixTime(moment.unix())),
            compressed: None,
            threads: self.threads.map(usize::from),
        }
    }
}
