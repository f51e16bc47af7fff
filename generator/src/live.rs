//! The commands that bring a portal to the public and look at what is there.

use std::process::ExitCode;

use envelope::PublicKey;
use formdef::{Bilingual, Lang, both, say};
use generator::hosts::Hosting;
use generator::publish::{Ready, Run, Target};
use generator::release::{self, Wrong};
use generator::report::{Format, plural};
use generator::status::{self, Trouble};
use generator::{Failure, Options, check_against};

use crate::cli::{Host, Publish, Sources, Status, Verify, WebServer};
use crate::{Done, now, public_keys, tell};

pub(crate) fn run_publish(arguments: &Publish, lang: Lang) -> Done {
    let in_words = |said: Bilingual| said.of(lang).to_owned();
    let publishers = public_keys(&arguments.publisher, lang)?;
    let Publish { from, to, .. } = arguments;
    let target = Target::of(to, arguments.endpoint.as_deref(), &publishers).map_err(in_words)?;
    has_its_own(&target, arguments).map_err(in_words)?;
    let run = Run {
        now: now(),
        who: who(),
        token: token(),
        keep: arguments.keep,
        break_lock: arguments.break_lock,
    };
    let public = match arguments.rollback {
        Some(serial) => {
            let back = target.way_back(serial, &run).map_err(in_words)?;
            println!("{}", back.difference.show(lang));
            if arguments.dry_run {
                return nothing_published(lang);
            }
            let serial = Some(back.release.serial);
            target.roll_back(serial, &run).map_err(in_words)?
        }
        None => {
            let ready = Ready::of(from, &publishers).map_err(in_words)?;
            let difference = target.difference(&ready, &run).map_err(in_words)?;
            println!("{}", difference.show(lang));
            if arguments.dry_run {
                return nothing_published(lang);
            }
            let outcome = target.publish(&ready, &run).map_err(in_words)?;
            if let Some(said) = outcome.show(lang) {
                println!("{said}");
            }
            ready.release
        }
    };
    println!("{}\n{}", release::show(&public, lang), target.root());
    Ok(())
}

/// What is meant for a bucket is not passed over in silence for a folder.
fn has_its_own(target: &Target, arguments: &Publish) -> Result<(), Bilingual> {
    let of_buckets = [
        ("--endpoint", arguments.endpoint.is_some()),
        ("--break-lock", arguments.break_lock),
    ];
    let mut given = of_buckets.iter().filter(|(_, is_given)| *is_given);
    let (Target::Folder(_), Some((name, _))) = (target, given.next()) else {
        return Ok(());
    };
    let to = &arguments.to;
    Err(both!(
        "{to}: is a folder, and {name} is for buckets alone; nothing was published\n  = leave {name} out, or name a bucket: --to s3://BUCKET",
        "{to}: là một thư mục, mà {name} chỉ dành cho bucket; chưa công bố gì cả\n  = bỏ {name}, hoặc nêu một bucket: --to s3://BUCKET"
    ))
}

fn nothing_published(lang: Lang) -> Done {
    println!(
        "{}",
        say!(lang, "nothing was published", "chưa công bố gì cả")
    );
    Ok(())
}

/// Who publishes, for the person who finds the lock.
fn who() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "?".to_owned());
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{user}@{}", machine.trim())
}

/// A word that no other run has.
fn token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    envelope::base64url::encode(&bytes)
}

pub(crate) fn run_verify(arguments: &Verify, lang: Lang) -> Done {
    let publishers = public_keys(&arguments.publisher, lang)?;
    let checked = release::check(&arguments.portal, &publishers);
    let checked = checked.map_err(|said| said.of(lang).to_owned())?;
    println!("{}", release::show(&checked.release, lang));
    for (path, wrong) in &checked.wrong {
        println!("{path} {}", wrong.show(lang));
    }
    for path in &checked.added {
        let added = say!(
            lang,
            "is of no release: somebody put it there",
            "không thuộc bản phát hành nào: có người đã đặt vào"
        );
        println!("{path} {added}");
    }
    let unread = |(_, wrong): &&(_, Wrong)| matches!(wrong, Wrong::Unread(_));
    let unread = checked.wrong.iter().filter(unread).count();
    let (wrong, added) = (checked.wrong.len() - unread, checked.added.len());
    let s = plural(match (wrong, added) {
        (0, _) if unread > 0 => unread,
        (0, added) => added,
        (wrong, _) => wrong,
    });
    match (wrong, added) {
        (0, _) if unread > 0 => Err(say!(
            lang,
            "{unread} file{s} cannot be read, so nobody knows whether all is as it was signed\n  = see that the portal can be reached, and verify it again",
            "{unread} tệp không đọc được, nên chưa biết có đúng như bản đã ký không\n  = kiểm tra xem cổng truy cập được không, rồi chạy lại verify"
        )),
        (0, 0) => Ok(()),
        (0, count) => Err(say!(
            lang,
            "of no release: {count} file{s}\n  = ask who did it, and take away what does not belong there",
            "{count} tệp không thuộc bản phát hành nào\n  = hãy tìm xem ai đã đặt vào, rồi xóa đi"
        )),
        (count, _) => Err(say!(
            lang,
            "not as signed: {count} file{s}\n  = publish again; if nobody of yours changed anything, ask who did",
            "{count} tệp không đúng như bản đã ký\n  = hãy công bố lại; nếu không ai của bạn sửa, hãy tìm xem ai đã sửa"
        )),
    }
}

pub(crate) fn run_status(arguments: &Status, lang: Lang) -> ExitCode {
    match tell_status(arguments, lang) {
        Ok(troubles) => {
            for trouble in &troubles {
                eprintln!("{}", trouble.show(lang));
            }
            ExitCode::from(status::exit_status(&troubles))
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn tell_status(arguments: &Status, lang: Lang) -> Result<Vec<Trouble>, String> {
    let in_words = |said: Bilingual| said.of(lang).to_owned();
    let Status { portal, soon, .. } = arguments;
    let publishers = public_keys(&arguments.publisher, lang)?;
    let status = status::Status::of(portal, &publishers).map_err(in_words)?;
    let files = arguments.publisher.iter().zip(&publishers);
    let mut signers = files.filter(|(_, key)| key.thumbprint() == status.signer);
    let signer = signers.next().map(|(file, _)| file.display().to_string());
    println!("{}", status.show(&signer.unwrap_or_default(), lang));
    let mut troubles = status.troubles(now(), *soon);
    if let Some(forms) = &arguments.forms {
        let (forms, site) = (forms.clone(), arguments.site.clone());
        let options = Sources { forms, site }.options();
        troubles.extend(compare(&options, portal, &publishers, lang)?);
    }
    Ok(troubles)
}

/// Says what differs between the sources and what is published, and what of it must not.
fn compare(
    options: &Options,
    portal: &str,
    publishers: &[PublicKey],
    lang: Lang,
) -> Result<Vec<Trouble>, String> {
    let (differences, faults) = match check_against(options, portal, publishers) {
        Ok(compared) => (compared.differences, compared.faults),
        Err(faults @ Failure::Faults(_)) => (Vec::new(), Err(faults)),
        Err(failure) => return Err(tell(&failure, Format::Human, lang)),
    };
    for difference in &differences {
        println!("{}", difference.show(lang));
    }
    let faulty = faults.err().map(|failure| {
        eprintln!("{}", tell(&failure, Format::Human, lang));
        Trouble::Faulty
    });
    let count = differences.len();
    let differing = (count > 0).then_some(Trouble::Differing(count));
    Ok(faulty.into_iter().chain(differing).collect())
}

pub(crate) fn run_host(arguments: &Host, lang: Lang) -> Done {
    let Host { from, root, .. } = arguments;
    let hosting = Hosting::of(from).map_err(|said| said.of(lang).to_owned())?;
    let text = match arguments.server {
        WebServer::Nginx => hosting.nginx(root, arguments.brotli),
        WebServer::Caddy => hosting.caddy(root),
    };
    print!("{text}");
    Ok(())
}
