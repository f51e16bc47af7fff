//! `motcua schema`: JSON Schemas of the files that editors write, for text editors that complete and explain.

use std::fs;
use std::path::{Path, PathBuf};

use formdef::{Lang, form_schema, say, section_schema};
use serde_json::{Map, Value, json};

use crate::content::read_shelf;
use crate::fault::Fault;
use crate::sources::Folder;

/// The schemas by the names of their files, explained in `lang`. Lists, shared sections and kinds of office are those of
/// `forms`.
///
/// # Errors
/// Faults of `portal.toml` and of the lists.
pub fn schemas(forms: &Path, lang: Lang) -> Result<Vec<(&'static str, Value)>, Vec<Fault>> {
    let shelf = read_shelf(&Folder::forms(forms)?)?;
    let language = say!(lang, "en", "vi");
    Ok(vec![
        ("form.schema.json", form_schema(&shelf, &language)),
        ("section.schema.json", section_schema(&shelf, &language)),
        ("portal.schema.json", portal_schema(&shelf.languages, lang)),
    ])
}

/// Writes the schemas into a folder and returns their paths.
///
/// # Errors
/// What could not be written, in `lang`.
pub fn write(dir: &Path, schemas: &[(&str, Value)], lang: Lang) -> Result<Vec<PathBuf>, String> {
    let written = schemas.iter().map(|(name, schema)| {
        let path = dir.join(name);
        fs::create_dir_all(dir)
            .and_then(|()| fs::write(&path, format!("{schema:#}\n")))
            .map(|()| path.clone())
            .map_err(|error| {
                let path = path.display();
                say!(
                    lang,
                    "{path}: {error}\n  = give another folder with --out",
                    "{path}: {error}\n  = hãy cho thư mục khác bằng --out"
                )
            })
    });
    written.collect()
}

/// The schema of `portal.toml`, in draft 7 as those of `formdef`. A test holds its keys to those of
/// [`crate::portal::Portal`].
fn portal_schema(languages: &[String], lang: Lang) -> Value {
    let about = |mut schema: Value, en: &str, vi: &str| {
        schema["description"] = say!(lang, "{en}", "{vi}").into();
        schema
    };
    let words = || {
        let words = languages
            .iter()
            .map(|language| (language.clone(), json!({"type": "string"})));
        json!({"type": "object", "properties": words.collect::<Map<_, _>>(), "required": languages.iter().take(1).collect::<Vec<_>>()})
    };
    let text = || json!({"type": "string"});
    let days = |most: u32| json!({"type": "integer", "minimum": 1, "maximum": most});
    let table = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
    let contact = table(
        json!({
            "phone": about(text(), "A telephone number as it is dialled and shown.", "Số điện thoại để gọi và để hiện trên trang."),
            "hours": about(words(), "When somebody answers.", "Giờ có người nghe máy."),
        }),
        &["phone", "hours"],
    );
    let security = table(
        json!({
            "contact": about(text(), "Whom to tell of a hole: mailto:, tel: or https://.", "Báo lỗ hổng về đâu: mailto:, tel: hoặc https://."),
            "policy": about(text(), "A page that says what reporters may do.", "Trang nói người báo được làm gì."),
            "valid_days": about(days(365), "For how many days after the build it is valid.", "Có hiệu lực bao nhiêu ngày kể từ ngày dựng trang."),
        }),
        &["contact"],
    );
    let office = table(
        json!({
            "prefix": about(text(), "What the offices' codes begin with; without it, the agencies themselves.", "Phần đầu mã cơ quan; không có thì là chính các phường, xã."),
            "label": about(words(), "What an office is called; {district} stands for its district.", "Tên cơ quan; {district} là tên quận, huyện."),
        }),
        &["label"],
    );
    let mut schema = table(
        json!({
            "name": about(words(), "What the portal is called.", "Tên cổng."),
            "city": about(words(), "The city it is for.", "Tên thành phố."),
            "languages": about(json!({"type": "array", "items": text(), "minItems": 1}), "The portal's languages, the default one first.", "Các ngôn ngữ của cổng, mặc định đứng đầu."),
            "portal": about(text(), "The portal's address: https:// and host.", "Địa chỉ của cổng: https:// và tên máy."),
            "relay": about(text(), "The relay's address.", "Địa chỉ máy chủ nhận hồ sơ."),
            "validity_days": about(days(u32::MAX), "For how many days a catalogue is valid.", "Danh mục có hiệu lực bao nhiêu ngày."),
            "draft_days": about(days(u32::MAX), "For how many days a draft stays on a person's device.", "Bản nháp ở lại trên thiết bị của người dân bao nhiêu ngày."),
            "contact": about(contact, "Whom people call.", "Người dân gọi ai."),
            "security": about(security, "Published as /.well-known/security.txt.", "Được công bố tại /.well-known/security.txt."),
            "groups": about(json!({"type": "object", "additionalProperties": words()}), "The headings under which services are listed; each has a page.", "Các lĩnh vực để xếp thủ tục; mỗi lĩnh vực có một trang."),
            "offices": about(json!({"type": "object", "additionalProperties": office}), "Kinds of offices that read answers.", "Các loại cơ quan đọc hồ sơ."),
        }),
        &[
            "name",
            "city",
            "languages",
            "portal",
            "relay",
            "contact",
            "offices",
        ],
    );
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::{Contact, OfficeKind, Portal, Security};
    use serde::de::DeserializeOwned;

    /// The keys that serde names when it meets one that it does not know.
    fn keys_of<T: DeserializeOwned>() -> Vec<String> {
        let told = serde_json::from_value::<T>(json!({"?": 0}))
            .err()
            .map(|error| error.to_string());
        let told = told.unwrap_or_default();
        let names = told.split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    fn explained(schema: &Value) -> Vec<String> {
        schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    }

    #[test]
    fn the_portal_s_keys_are_those_that_are_read() {
        let schema = portal_schema(&["vi".to_owned()], Lang::En);
        let of = |key: &str| &schema["properties"][key];
        assert_eq!(explained(&schema), keys_of::<Portal>());
        assert_eq!(explained(of("contact")), keys_of::<Contact>());
        assert_eq!(explained(of("security")), keys_of::<Security>());
        assert_eq!(
            explained(&of("offices")["additionalProperties"]),
            keys_of::<OfficeKind>()
        );
    }
}
