//! A portal that is published into a bucket of S3, over a link that can be broken.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use envelope::PublicKey;
use envelope::release::{Release, ReleasedFile};
use generator::keys::{Use, read_public};
use generator::{Options, build};
use rayon::prelude::*;

use super::bucket::{Got, Link};

/// A portal that is changed, built and published.
pub(crate) struct City {
    pub(crate) options: Options,
    pub(crate) link: Link,
    /// In which language `motcua` speaks.
    pub(crate) lang: &'static str,
    publisher: PublicKey,
    /// The next one of the form.
    version: u32,
}

impl City {
    pub(crate) fn new(bucket: &str) -> City {
        let keys = super::keys();
        super::long_lived(&keys);
        let publisher = read_public(&keys.join("publisher.pub.jwk"), Use::Sig).unwrap();
        let mut options = super::fixture_copy();
        let site = super::new_dir().join("site");
        super::copy_dir(&options.site, &site, &mut |paths| paths.sort());
        options.site = site;
        options.keys = Some(keys);
        City {
            options,
            link: Link::new(bucket),
            lang: "en",
            publisher,
            version: 2,
        }
    }

    /// Builds a minute later, with another title of a form, which is a new version of it.
    pub(crate) fn build(&mut self, title: &str) {
        let form = self.options.forms.join("dong-dau/form.toml");
        let text = std::fs::read_to_string(&form).unwrap();
        let lines = text.lines().enumerate();
        let lines = lines.map(|(number, line)| match line.strip_prefix("version = ") {
            Some(_) => format!("version = {}", self.version),
            None if number == 0 => format!("title.vi = \"{title}\""),
            None => line.to_owned(),
        });
        let text: Vec<String> = lines.collect();
        std::fs::write(&form, text.join("\n")).unwrap();
        self.version += 1;
        self.options.now = self.options.now.plus(60);
        build(&self.options).unwrap();
    }

    pub(crate) fn restyle(&self, name: &str) {
        let style = self.options.site.join("style/base.css");
        let text = std::fs::read_to_string(&style).unwrap();
        std::fs::write(&style, format!("{text}\n.{name} {{ color: red }}\n")).unwrap();
    }

    /// `motcua publish`.
    pub(crate) fn command(&self, more: &[&str]) -> Command {
        let key = self
            .options
            .keys
            .as_ref()
            .unwrap()
            .join("publisher.pub.jwk");
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(["--lang", self.lang, "publish", "--keep", "1", "--publisher"])
            .arg(key);
        command
            .arg("--to")
            .arg(format!("s3://{}", self.link.bucket));
        command.args(["--endpoint", &self.link.endpoint()]);
        if !more.contains(&"--rollback") {
            command.arg("--from").arg(&self.options.out);
        }
        let variables = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ];
        command.args(more).envs(variables);
        super::set_clock(&mut command, self.options.now);
        command
    }

    /// Publishes. What it says on standard output or, when it fails, on standard error.
    pub(crate) fn publish(&self, more: &[&str]) -> Result<String, String> {
        let output = self.command(more).output().unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap()),
            false => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Every release that was replaced was so forty days earlier.
    pub(crate) fn let_grace_pass(&self) {
        const NAME: &str = ".motcua/replaced.json";
        let text = self.link.get(NAME).unwrap().bytes;
        let mut replaced: BTreeMap<u64, i64> = serde_json::from_slice(&text).unwrap();
        for at in replaced.values_mut() {
            *at -= 40 * 24 * 3600;
        }
        self.link.put(NAME, &serde_json::to_vec(&replaced).unwrap());
    }

    pub(crate) fn built(&self) -> Release {
        let text = std::fs::read_to_string(self.options.out.join("release.jws")).unwrap();
        Release::read(text.trim_end(), &[self.publisher]).unwrap()
    }

    pub(crate) fn current(&self) -> Release {
        let text = self.link.get("release.jws").unwrap().bytes;
        let text = String::from_utf8(text).unwrap();
        Release::read(text.trim_end(), &[self.publisher]).unwrap()
    }

    /// What anybody gets, by its path.
    pub(crate) fn public(&self) -> BTreeMap<String, Got> {
        let names = self.link.names().into_iter();
        let names: Vec<_> = names.filter(|name| !name.starts_with(".motcua/")).collect();
        names
            .into_par_iter()
            .map(|name| {
                let got = self.link.get(&name).unwrap();
                (name, got)
            })
            .collect()
    }

    /// Everything of the public release is there as it was signed.
    pub(crate) fn assert_public(&self, release: &Release) {
        assert_eq!(self.current().digest(), release.digest());
        let public = self.public();
        for (path, file) in release
            .files
            .iter()
            .filter(|(path, _)| !path.starts_with('_'))
        {
            let got = public
                .get(path)
                .unwrap_or_else(|| panic!("{path} is missing"));
            assert_eq!(ReleasedFile::of(&got.content()), *file, "{path}");
        }
        for page in public.keys().filter(|path| path.ends_with(".html")) {
            assert!(
                release.files.contains_key(page),
                "{page} is no page of the release"
            );
        }
    }

    /// Every page is there as one of the two releases has it, and whoever comes to a page that was public before, to the home page
    /// or to an address where nothing is finds all that leads on from there. Assets and versions of forms may be there that only
    /// older releases have.
    pub(crate) fn assert_whole(&self, before: Option<&Release>, next: &Release) {
        let public = self.public();
        let mut pages = BTreeMap::new();
        for (path, got) in &public {
            let content = got.content();
            let file = ReleasedFile::of(&content);
            let releases = || before.into_iter().chain([next]);
            let is_of_neither = releases().all(|release| !release.files.contains_key(path));
            let is_older = path.starts_with("forms/") && is_of_neither;
            let is_signed = path == "release.jws"
                || path.starts_with("assets/")
                || is_older
                || releases().any(|release| release.files.get(path) == Some(&file));
            assert!(is_signed, "{path} is of neither release");
            if path.ends_with(".html") {
                pages.insert(path.as_str(), String::from_utf8(content).unwrap());
            }
        }
        let was_public = |path: &str| before.is_some_and(|it| it.files.contains_key(path));
        let is_entry = |path: &str| was_public(path) || ["index.html", "404.html"].contains(&path);
        let entries = pages.keys().filter(|path| is_entry(path));
        let mut to_visit: Vec<String> = entries.map(|path| (*path).to_owned()).collect();
        let mut seen: BTreeSet<String> = to_visit.iter().cloned().collect();
        while let Some(page) = to_visit.pop() {
            for target in links(pages.get(page.as_str()).map_or("", String::as_str)) {
                let is_there = public.contains_key(&target);
                assert!(is_there, "{page} points at {target}, which is missing");
                if seen.insert(target.clone()) {
                    to_visit.push(target);
                }
            }
        }
    }
}

/// The files of the portal that a page points at.
fn links(page: &str) -> Vec<String> {
    let starts = ["href=/", "src=/"]
        .iter()
        .flat_map(|start| page.split(start).skip(1));
    let paths = starts.map(|rest| rest.split([' ', '>', '#', '?', '"']).next().unwrap());
    let file = |path: &str| match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path.to_owned(),
    };
    paths.map(file).collect()
}
