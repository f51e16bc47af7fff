//! Changing one text of a TOML file and nothing around it.

use toml_edit::{Item, TableLike, Value};

/// Sets a text, keeping the comments and the white space of the one that was there.
pub(crate) fn set(table: &mut dyn TableLike, key: &str, words: &str) {
    let mut text = Value::from(words);
    match table.get_mut(key) {
        Some(item) => {
            if let Some(old) = item.as_value() {
                *text.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(text);
        }
        None => {
            table.insert(key, Item::Value(text));
        }
    }
}
