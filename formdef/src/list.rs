//! Lists of options that forms share: provinces, agencies, ethnic groups, …

use crate::moment::{self, Moment};
use crate::{Mode, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The lists that a form uses, by id.
pub type Lists = BTreeMap<String, List>;

/// A list of options, as published at `/lists/{sha256}.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The list's id: the name of its file.
    pub id: String,
    /// What the items are grouped by, in the order shown; empty when they are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The options in the order shown.
    pub items: Vec<Item>,
    /// base64url SHA-256 of [`List::to_json`]'s bytes. It is not in the file: whoever reads or writes the file sets it.
    #[serde(skip)]
    pub sha256: String,
}

/// A group of options, such as a district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The group's code, to which [`Item::group`] points.
    pub code: String,
    /// What people read.
    pub label: Text,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The answer's value.
    pub code: String,
    /// What people read.
    pub label: Text,
    /// The code of its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// From when it can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Moment>,
    /// From when it can no longer be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Moment>,
    /// Of an agency: whether what is sent to it counts.
    #[serde(default, skip_serializing_if = "Mode::is_live")]
    pub mode: Mode,
}

impl Item {
    /// Whether it can be chosen at that moment.
    pub fn is_open(&self, at: Moment) -> bool {
        moment::is_open(self.opens, self.closes, at)
    }
}

impl List {
    /// From the published JSON.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn from_json(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|fault| format!("not a list of options: {fault}"))
    }

    /// The published JSON: the same bytes for the same list.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As pages load it, in one language: `{"groups": [{code, label}], "items": [{code, label, group, opens, closes}]}`,
    /// members that it lacks left out.
    pub fn page(&self, language: &str) -> String {
        let mut page = serde_json::json!({ "items": self.items });
        if !self.groups.is_empty() {
            page["groups"] = serde_json::json!(self.groups);
        }
        let lines = page
            .as_object_mut()
            .into_iter()
            .flat_map(|parts| parts.values_mut());
        for line in lines.filter_map(|lines| lines.as_array_mut()).flatten() {
            let label: Option<Text> = serde_json::from_value(line["label"].take()).ok();
            line["label"] = label
                .map_or_else(String::new, |label| label.get(language).to_owned())
                .into();
        }
        page.to_string()
    }

    /// The item of that code.
    pub fn find(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.code == code)
    }

    /// The group of that code.
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.code == code)
    }

    /// The group that `item` is in.
    pub fn group_of(&self, item: &Item) -> Option<&Group> {
        self.group(item.group.as_deref()?)
    }
}
