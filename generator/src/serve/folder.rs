//! A built portal's folder, as a host would send it.

use std::path::{Path, PathBuf};

use formdef::{Bilingual, both};
use hyper::body::Incoming;
use hyper::{Request, StatusCode};

use super::{Answer, Site, content_type, file_of, respond, to_folder};
use crate::headers::Rules;

/// The folder and its `_headers`.
pub struct Folder {
    dir: PathBuf,
    rules: Rules,
}

impl Folder {
    /// A folder that holds a portal. Errors: it holds none.
    pub fn open(dir: &Path) -> Result<Folder, Bilingual> {
        if !dir.join("index.html").is_file() {
            let dir = dir.display();
            return Err(both!(
                "{dir}: is not a portal: it has no index.html\n  = build one with `motcua build --out {dir}`",
                "{dir}: không phải là một cổng: không có index.html\n  = tạo cổng bằng «motcua build --out {dir}»"
            ));
        }
        let rules = Rules::read(&std::fs::read_to_string(dir.join("_headers")).unwrap_or_default());
        Ok(Folder {
            dir: dir.to_owned(),
            rules,
        })
    }

    fn not_found(&self, path: &str) -> Answer {
        let page = std::fs::read(self.dir.join("404.html")).unwrap_or_default();
        let html = content_type("404.html");
        respond(&self.rules, StatusCode::NOT_FOUND, path, html, page)
    }
}

impl Site for Folder {
    async fn answer(&self, request: &Request<Incoming>) -> Answer {
        let path = request.uri().path();
        let Some(file) = file_of(path) else {
            return self.not_found(path);
        };
        if self.dir.join(&file).join("index.html").is_file() {
            return to_folder(&self.rules, path);
        }
        match std::fs::read(self.dir.join(&file)) {
            Ok(bytes) => respond(
                &self.rules,
                StatusCode::OK,
                path,
                content_type(&file),
                bytes,
            ),
            Err(_) => self.not_found(path),
        }
    }
}
