//! What is told to editors, in Vietnamese and English.

/// A language that messages come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Vietnamese.
    Vi,
}

/// The same words in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In Vietnamese.
    pub vi: String,
}

impl Bilingual {
    /// Words that are said in each language by the same rule.
    pub fn from(words: impl Fn(Lang) -> String) -> Self {
        Self {
            en: words(Lang::En),
            vi: words(Lang::Vi),
        }
    }

    /// The words in one language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Vi => &self.vi,
        }
    }
}

/// Words in both languages at once, written as [`say!`] has them: `both!("in English {x}", "in Vietnamese {x}")`.
#[macro_export]
macro_rules! both {
    ($([$($noun:ident),+])? $en:literal, $vi:literal $(,)?) => {
        $crate::Bilingual::from(|lang| $crate::say!(lang, $([$($noun),+])? $en, $vi))
    };
}

/// A table of messages writes each one down in both languages: `say!(lang, "in English {x}", "in Vietnamese {x}")`.
/// Names in square brackets are first put into the language: `say!(lang, [of] "{of} lacks …", "{of} thiếu …")`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $([$($noun:ident),+])? $en:literal, $vi:literal $(,)?) => {{
        let lang: $crate::Lang = $lang;
        $($(let $noun = $noun.of(lang);)+)?
        match lang {
            $crate::Lang::En => format!($en),
            $crate::Lang::Vi => format!($vi),
        }
    }};
}
