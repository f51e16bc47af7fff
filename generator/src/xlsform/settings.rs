//! The sheet `settings`: one row of facts about the form.

use super::columns::{Row, Table};
use super::loss::{Loss, What};
use super::names::slug;

/// What the form is called and which version it is.
pub(super) struct Settings {
    pub(super) title: Option<String>,
    pub(super) id: Option<String>,
    pub(super) version: u32,
    /// The language of columns that name none, as it is written.
    pub(super) language: String,
    /// Whether a list may have two choices of one name.
    pub(super) doubles: bool,
}

impl Settings {
    /// Reads the first row; what has no equal is lost.
    pub(super) fn read(
        table: Option<&Table>,
        languages: &[String],
        losses: &mut Vec<Loss>,
    ) -> Settings {
        let mut settings = Settings {
            title: None,
            id: None,
            version: 1,
            language: String::new(),
            doubles: false,
        };
        let Some(row) = table.and_then(|table| table.rows.first()) else {
            return settings;
        };
        let text = |name: &str| Some(row.take(name).to_owned()).filter(|text| !text.is_empty());
        settings.title = text("form_title");
        settings.id = text("form_id").map(|id| slug(&id));
        settings.doubles = is_yes(row, "allow_choice_duplicates");
        if let Some(version) = text("version") {
            match version.parse::<u32>() {
                Ok(number @ 1..) => settings.version = number,
                _ => losses.push(Loss {
                    at: row.at("version"),
                    what: What::Version { text: version },
                }),
            }
        }
        if let Some(language) = text("default_language") {
            let is_known = super::texts::tag(&language, languages).is_some();
            if !is_known && language != "default" {
                let what = What::Language {
                    text: language.clone(),
                };
                losses.push(Loss {
                    at: row.at("default_language"),
                    what,
                });
            }
            settings.language = language;
        }
        let rows = table.map(|table| table.rows.iter()).into_iter().flatten();
        for (at, text) in rows.flat_map(Row::left) {
            losses.push(Loss {
                at,
                what: What::Column {
                    text: text.to_owned(),
                },
            });
        }
        settings
    }
}

fn is_yes(row: &Row, name: &str) -> bool {
    matches!(
        row.take(name).to_lowercase().as_str(),
        "yes" | "true" | "true()"
    )
}
