//! What can be written on the command line of `motcua`: commands, arguments, examples.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use formdef::{Date, Lang, Moment};
use generator::report::Format;

/// Forms and site in, a static portal out.
#[derive(Parser)]
#[command(name = "motcua", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The language of messages; else that of LC_ALL, LC_MESSAGES or LANG.
    #[arg(long, global = true, value_name = "vi|en", value_parser = language)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Begins a portal or a form; never overwrites anything.
    #[command(subcommand)]
    New(New),
    /// Finds every fault of forms, lists, texts and templates; writes nothing.
    #[command(
        after_help = "Examples:\n  motcua check --forms forms --site site\n  motcua check --against https://dichvu.example.vn\n  motcua check --against https://dichvu.example.vn --publisher keys/publisher.pub.jwk\n  motcua check --against kept/2026-11-22/catalogue.jws"
    )]
    Check(Check),
    /// Builds the portal into a folder, changing only the files that differ.
    #[command(
        after_help = "Example:\n  motcua build --out target/portal --keys keys --date 2016-08-10"
    )]
    Build(Build),
    /// Shows the portal on this machine while you write: a save is seen at once, and faults are shown on the page.
    #[command(
        after_help = "Nothing is written. With --dir a portal that was built is shown as a host would send it.\n\nExamples:\n  motcua serve\n  motcua serve --forms forms --site site --port 4020\n  motcua serve --dir target/portal"
    )]
    Serve(Serve),
    /// Makes a built portal the public one, in the folder of a web server or in a bucket of S3; or goes back.
    #[command(
        after_help = "The web server's root is DIR/current. Who may write into a bucket is said by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and\nAWS_REGION; where it is by --endpoint or AWS_ENDPOINT_URL, when it is not Amazon's.\n\nExamples:\n  motcua publish --to /srv/portal --publisher keys/publisher.pub.jwk --dry-run\n  motcua publish --from target/portal --to /srv/portal --publisher keys/publisher.pub.jwk\n  motcua publish --to s3://dichvu --endpoint https://s3.example.vn --publisher keys/publisher.pub.jwk\n  motcua publish --to /srv/portal --publisher keys/publisher.pub.jwk --rollback --dry-run\n  motcua publish --to /srv/portal --publisher keys/publisher.pub.jwk --rollback"
    )]
    Publish(Publish),
    /// Compares every file of a portal with the release that the publisher signed. Ends with status 1 when one differs.
    #[command(
        after_help = "Examples:\n  motcua verify https://dichvu.example.vn --publisher keys/publisher.pub.jwk\n  motcua verify target/portal --publisher keys/publisher.pub.jwk"
    )]
    Verify(Verify),
    /// Tells what is published: release, key, until when forms can be sent, and what differs from the forms here. Ends
    /// with status 2 when somebody has to do something about what is public, with 3 when the forms here have faults, with 4
    /// when they are others, with 1 when nothing could be learnt.
    #[command(
        after_help = "Examples:\n  motcua status https://dichvu.example.vn --publisher keys/publisher.pub.jwk\n  motcua status https://dichvu.example.vn --publisher keys/publisher.pub.jwk --forms forms"
    )]
    Status(Status),
    /// Prints what a web server has to know of a built portal: headers, types, redirects, the page for what is not there.
    #[command(
        after_help = "Include it in the `server` of nginx, or import it into the site of Caddy.\n\nExamples:\n  motcua host nginx --from target/portal --root /srv/portal/current > /etc/nginx/motcua.conf\n  motcua host caddy --from target/portal --root /srv/portal/current > /etc/caddy/motcua.caddy"
    )]
    Host(Host),
    /// Keeps the forms as they are published, in forms/published, so that a later build still knows them.
    #[command(
        after_help = "Examples:\n  motcua keep\n  motcua keep --against https://dichvu.example.vn"
    )]
    Keep(Keep),
    /// Shows how a form came to be what it is: over the tags of git, or over kept catalogues, the oldest first.
    #[command(
        after_help = "Examples:\n  motcua history khai-sinh\n  motcua history khai-sinh kept/2026-01-15 kept/2026-11-22"
    )]
    History(History),
    /// Keeps the publisher's folder of keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Takes over forms of other systems.
    #[command(subcommand)]
    Import(Import),
    /// Tells what the first load of every form's page weighs: page, style and script, in brotli.
    #[command(after_help = "Example:\n  motcua size target/portal --max-kb 14")]
    Size(Size),
    /// Writes JSON Schemas of form.toml, shared sections and portal.toml, with which text editors complete and explain.
    #[command(after_help = "Example:\n  motcua schema --out schemas")]
    Schema(SchemaFiles),
    /// Tells how much of the portal is translated; sends texts to a translator and takes them back.
    #[command(
        after_help = "Examples:\n  motcua translations\n  motcua translations --export en.csv --language en --missing\n  motcua translations --import en.csv --language en"
    )]
    Translations(Translations),
    /// Prints what a shell needs to complete the commands of motcua.
    #[command(
        after_help = "Example:\n  motcua completions bash > ~/.local/share/bash-completion/completions/motcua"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Subcommand)]
pub(crate) enum New {
    /// Writes a portal to begin with: forms, lists, site. It passes `motcua check` as it is.
    #[command(after_help = "Example:\n  motcua new portal cong-dich-vu")]
    Portal {
        /// The folder, which is not there yet or is empty.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Writes a form to begin with, or one like another service's.
    #[command(
        after_help = "Examples:\n  motcua new form xac-nhan-cu-tru\n  motcua new form khai-sinh-lai --like khai-sinh --title \"Đăng ký lại khai sinh\""
    )]
    Form(NewForm),
}

#[derive(Args)]
pub(crate) struct NewForm {
    /// The service's id: its folder and its address, of a–z, 0–9 and `-`.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The service whose definition and guides it takes over.
    #[arg(long, value_name = "ID")]
    pub(crate) like: Option<String>,
    /// The service's title in the portal's first language.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The folder of the forms.
    #[arg(long, default_value = "forms", value_name = "DIR")]
    pub(crate) forms: PathBuf,
}

#[derive(Args)]
pub(crate) struct Translations {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// The language, one of portal.toml; else all but the default one.
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<String>,
    /// Writes the texts into a CSV file: file, key, words, translation.
    #[arg(
        long,
        value_name = "FILE",
        requires = "language",
        conflicts_with = "import"
    )]
    pub(crate) export: Option<PathBuf>,
    /// Exports only what is not translated.
    #[arg(long, requires = "export")]
    pub(crate) missing: bool,
    /// Puts the translations of such a file into the sources.
    #[arg(long, value_name = "FILE", requires = "language")]
    pub(crate) import: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct SchemaFiles {
    /// The folder that the schemas are written to.
    #[arg(long, default_value = "schemas", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The folder of the forms.
    #[arg(long, default_value = "forms", value_name = "DIR")]
    pub(crate) forms: PathBuf,
}

#[derive(Args)]
pub(crate) struct Sources {
    /// The folder of the forms.
    #[arg(long, default_value = "forms", value_name = "DIR")]
    pub(crate) forms: PathBuf,
    /// The folder of the site.
    #[arg(long, default_value = "site", value_name = "DIR")]
    pub(crate) site: PathBuf,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What is published: the portal's address, its folder, or a kept catalogue.jws with forms/ beside it. Says what
    /// differs; a form that changed without a new version is a fault.
    #[arg(long, value_name = "FILE-or-URL", group = "compared")]
    pub(crate) against: Option<String>,
    #[command(flatten)]
    pub(crate) publishers: Publishers,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// For whom the faults of sources are told.
#[derive(Args)]
pub(crate) struct Telling {
    /// How faults are told: to a person, as one JSON array, or as annotations of GitHub.
    #[arg(long, default_value = "human", value_name = "human|json|github", value_parser = format)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Publish {
    /// The folder of the built portal.
    #[arg(long, default_value = "target/portal", value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// The folder in which releases stand, or a bucket.
    #[arg(long, value_name = "DIR-or-s3://BUCKET[/PREFIX]")]
    pub(crate) to: String,
    /// Where the bucket is.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The publisher's public key. Can be given more than once: a portal is taken that one of them signed.
    #[arg(long, value_name = "FILE.pub.jwk", required = true)]
    pub(crate) publisher: Vec<PathBuf>,
    /// Says what would change, and changes nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Goes back to a kept release: the one of this serial, else the newest before the public one.
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, conflicts_with = "from")]
    pub(crate) rollback: Option<Option<u64>>,
    /// How many releases are kept beside the public one, to go back to.
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) keep: usize,
    /// Takes the lock of a bucket away from a run that died.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) break_lock: bool,
}

#[derive(Args)]
pub(crate) struct Verify {
    /// A portal's address or folder.
    #[arg(value_name = "URL-or-DIR")]
    pub(crate) portal: String,
    /// The publisher's public key. Can be given more than once.
    #[arg(long, value_name = "FILE.pub.jwk", required = true)]
    pub(crate) publisher: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Status {
    /// A portal's address or folder.
    #[arg(value_name = "URL-or-DIR")]
    pub(crate) portal: String,
    /// The publisher's public key. Can be given more than once.
    #[arg(long, value_name = "FILE.pub.jwk", required = true)]
    pub(crate) publisher: Vec<PathBuf>,
    /// A catalogue that ends within so many days is something to do about.
    #[arg(long, default_value_t = generator::status::SOON_DAYS, value_name = "DAYS")]
    pub(crate) soon: i64,
    /// Says what differs from the forms in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) forms: Option<PathBuf>,
    /// The folder of the site.
    #[arg(long, default_value = "site", value_name = "DIR", requires = "forms")]
    pub(crate) site: PathBuf,
}

#[derive(Args)]
pub(crate) struct Host {
    /// The web server.
    #[arg(value_name = "nginx|caddy")]
    pub(crate) server: WebServer,
    /// The folder of a built portal.
    #[arg(long, default_value = "target/portal", value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// The folder that the web server sends.
    #[arg(long, default_value = "/srv/portal/current", value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// nginx has the module brotli_static: files that lie packed are sent so.
    #[arg(long)]
    pub(crate) brotli: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum WebServer {
    Nginx,
    Caddy,
}

#[derive(Args)]
pub(crate) struct Keep {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What is published, instead of the forms as they are now.
    #[arg(long, value_name = "FILE-or-URL", group = "compared")]
    pub(crate) against: Option<String>,
    #[command(flatten)]
    pub(crate) publishers: Publishers,
}

/// Who must have signed what is compared with.
#[derive(Args)]
pub(crate) struct Publishers {
    /// The publisher's public key: its catalogue is then refused when another signed it. Can be given more than once.
    #[arg(long, value_name = "FILE.pub.jwk", requires = "compared")]
    pub(crate) publisher: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct History {
    /// The form's id.
    #[arg(value_name = "FORM")]
    pub(crate) form: String,
    /// Portals' folders, catalogues or addresses instead of the tags of git.
    #[arg(value_name = "FILE-or-URL", group = "compared")]
    pub(crate) published: Vec<String>,
    /// The folder of the forms.
    #[arg(long, default_value = "forms", value_name = "DIR")]
    pub(crate) forms: PathBuf,
    #[command(flatten)]
    pub(crate) publishers: Publishers,
}

#[derive(Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) made_of: MadeOf,
    /// The folder the portal is written to.
    #[arg(long, default_value = "target/portal", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Puts .br and .gz beside every file, for hosts that send them; DIR keeps what was made, so that the next build compresses only
    /// what is new.
    #[arg(long, value_name = "DIR")]
    pub(crate) compress: Option<PathBuf>,
    /// Shows who reads what in every form, however many there are; without it, more than 20 forms are summed up in a line.
    #[arg(long)]
    pub(crate) readers: bool,
    /// Leaves out who reads what.
    #[arg(long, conflicts_with = "readers")]
    pub(crate) quiet: bool,
    /// Shows how long each stage took.
    #[arg(long)]
    pub(crate) timings: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// What a portal is made of.
#[derive(Args)]
pub(crate) struct MadeOf {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// The folder of keys. Without it the portal is a preview that cannot send.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// The portal's origin, instead of that in portal.toml.
    #[arg(long, value_name = "URL")]
    pub(crate) portal: Option<String>,
    /// The relay's origin, instead of that in portal.toml.
    #[arg(long, value_name = "URL")]
    pub(crate) relay: Option<String>,
    /// When the build happens: a day, which is 00:00 in the city (UTC+7), or a moment such as 2018-07-06T23:59+07:00; else
    /// now.
    #[arg(long, value_name = "YYYY-MM-DD[Thh:mm+07:00]", value_parser = moment)]
    pub(crate) date: Option<Moment>,
    /// How many threads render; else one a core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// A built portal's folder, to be shown as it is.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["forms", "site", "keys", "portal", "relay", "date", "threads"])]
    pub(crate) dir: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 4016, value_name = "N")]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) made_of: MadeOf,
}

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Makes the publisher's key: publisher.jwk, for its owner alone, and publisher.pub.jwk.
    #[command(after_help = "Example:\n  motcua keys publisher --keys keys")]
    Publisher(KeyFolder),
    /// Adds the public keys of offices to the register: one file, or every {code}.pub.jwk of a folder.
    #[command(
        after_help = "Examples:\n  motcua keys add --keys keys --office 00043 00043.pub.jwk --not-after 2028-12-31\n  motcua keys add --keys keys --dir from-offices"
    )]
    Add(AddKeys),
    /// Lists the register: office, key, from when until when.
    #[command(after_help = "Example:\n  motcua keys list --keys keys")]
    List(KeyFolder),
}

#[derive(Args)]
pub(crate) struct KeyFolder {
    /// The folder of keys.
    #[arg(long, default_value = "keys", value_name = "DIR")]
    pub(crate) keys: PathBuf,
}

#[derive(Args)]
pub(crate) struct AddKeys {
    #[command(flatten)]
    pub(crate) folder: KeyFolder,
    /// The office's code, such as 00043 or ca-001.
    #[arg(
        long,
        value_name = "CODE",
        requires = "file",
        required_unless_present = "dir"
    )]
    pub(crate) office: Option<String>,
    /// The office's public key.
    #[arg(value_name = "FILE", requires = "office")]
    pub(crate) file: Option<PathBuf>,
    /// A folder of {code}.pub.jwk files; recovery.pub.jwk becomes the recovery key.
    #[arg(long, value_name = "DIR", conflicts_with = "office")]
    pub(crate) dir: Option<PathBuf>,
    /// The first day the keys are used; else today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) not_before: Option<Date>,
    /// The last day; else two years after the first.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) not_after: Option<Date>,
}

#[derive(Subcommand)]
pub(crate) enum Import {
    /// Makes a service of a workbook of XLSForm. Ends with status 3 when something could not be carried: it is listed.
    #[command(after_help = "Example:\n  motcua import xlsform household.xlsx --id khao-sat-ho")]
    Xlsform(ImportXlsform),
}

#[derive(Args)]
pub(crate) struct ImportXlsform {
    /// The workbook, .xlsx.
    #[arg(value_name = "FILE.xlsx")]
    pub(crate) file: PathBuf,
    /// The service's id; else the workbook's form_id, else the file's name.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// The folder of forms that it is added to.
    #[arg(long, default_value = "forms", value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct Size {
    /// The portal's folder.
    #[arg(value_name = "DIR", default_value = "target/portal")]
    pub(crate) dir: PathBuf,
    /// Fails when a page weighs more than so many kilobytes (of 1024 bytes) in brotli.
    #[arg(long, value_name = "N")]
    pub(crate) max_kb: Option<usize>,
}

fn language(word: &str) -> Result<Lang, String> {
    match word {
        "vi" => Ok(Lang::Vi),
        "en" => Ok(Lang::En),
        _ => Err("write vi or en".to_owned()),
    }
}

fn format(word: &str) -> Result<Format, String> {
    match word {
        "human" => Ok(Format::Human),
        "json" => Ok(Format::Json),
        "github" => Ok(Format::Github),
        _ => Err("write human, json or github".to_owned()),
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text)
        .ok_or_else(|| "not a day (YYYY-MM-DD), nor a moment (2018-07-06T23:59+07:00)".to_owned())
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a day; write it as YYYY-MM-DD".to_owned())
}
