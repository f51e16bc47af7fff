//! Sources, understood and found without fault: everything from which the files of a portal are made.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::Tera;

use crate::assets::Assets;
use crate::content::Content;
use crate::fault::Fault;
use crate::guide::{self, Guide};
use crate::links;
use crate::memo::Memo;
use crate::plan::Plain;
use crate::search::Search;
use crate::sources::{Folder, Sources};
use crate::templates;

/// What pages and data are made of.
pub(crate) struct Prepared {
    pub(crate) sources: Sources,
    pub(crate) content: Content,
    pub(crate) assets: Arc<Assets>,
    pub(crate) templates: Arc<Tera>,
    pub(crate) search: Search,
    /// The plain texts, by name and language.
    plain: PlainTexts,
}

impl Prepared {
    /// Prepares a portal whose texts, forms and lists are read already.
    pub(crate) fn new(
        sources: Sources,
        content: Content,
        memo: &Memo,
    ) -> Result<Prepared, Vec<Fault>> {
        let (assets, (search, templates)) = rayon::join(
            || Assets::kept(&sources.site, &content.texts, memo),
            || {
                rayon::join(
                    || Search::new(&content, memo),
                    || templates::kept(&sources.site, &content.lists, memo),
                )
            },
        );
        let plain = plain_texts(&content, &sources.site, memo);
        let prepared = Prepared {
            assets: assets?,
            templates: templates?,
            plain: plain?,
            search,
            sources,
            content,
        };
        let faults = links::check(&prepared);
        if faults.is_empty() {
            Ok(prepared)
        } else {
            Err(faults)
        }
    }

    /// Lets go of the texts of forms and guides: what is wrong with them was found, and no file is made from them.
    pub(crate) fn let_go_of_texts(&mut self) {
        self.sources.forms = Folder::default();
    }

    /// A plain text in a language of the portal.
    pub(crate) fn plain(&self, plain: Plain, language: &str) -> Option<&Guide> {
        let text = self.plain.get(&(plain.id(), language.to_owned()));
        text.map(Arc::as_ref)
    }
}

/// Plain texts by their name and language.
type PlainTexts = BTreeMap<(&'static str, String), Arc<Guide>>;

/// The plain texts in every language; the default language's where one lacks.
fn plain_texts(content: &Content, site: &Folder, memo: &Memo) -> Result<PlainTexts, Vec<Fault>> {
    let mut texts = BTreeMap::new();
    let mut faults = Vec::new();
    let default = content.portal.default_language();
    for plain in Plain::ALL {
        for language in &content.portal.languages {
            let path = links::plain_path(site, plain, language, default);
            match &*guide::kept(site, &path, memo) {
                Ok(text) => {
                    texts.insert((plain.id(), language.clone()), Arc::clone(text));
                }
                Err(more) => faults.extend(more.iter().cloned()),
            }
        }
    }
    if faults.is_empty() {
        Ok(texts)
    } else {
        Err(faults)
    }
}
