//! A ward among 584 is found by typing a part of its name, by keyboard, by touch and by whoever listens; the native list stays.
#![allow(clippy::unwrap_used)]

use serde_json::json;
use tests::browser::Engine;
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S01";

#[test]
fn a_ward_is_found_by_typing_its_name() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("picker", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order =
        json!({ "portal": city.portal_url(), "now": city.now(), "service": scenario.service });
    for engine in [Engine::Chromium, Engine::Firefox] {
        let seen = browser::drive_in(engine, "picker.mjs", order.clone()).unwrap();
        assert_eq!(seen["complaints"], json!([]));
        assert_eq!(seen["before"], "Chọn");
        assert_eq!(
            seen["found"],
            json!({
                "said": "1 tên phù hợp. Bấm vào tên cần chọn, hoặc nhấn Enter để chọn tên đầu tiên.",
                "names": ["Phường Đồng Mai, Quận Hà Đông"],
            })
        );
        if engine == Engine::Chromium {
            assert_eq!(
                seen["told"],
                json!([
                    ["dialog", "Kính gửi (cơ quan đăng ký)"],
                    [
                        "textbox",
                        "Gõ một phần của tên, có dấu hay không dấu đều được"
                    ],
                    ["status", ""],
                    ["button", "Phường Đồng Mai, Quận Hà Đông"],
                    ["button", "Trở lại danh sách"],
                ])
            );
            // Without script there is a line to write on.
            assert_eq!(seen["without"], json!([0, 1]));
        }
        assert_eq!(seen["nameless"], 0, "what is typed there is no answer");
        assert_eq!(seen["byKeyboard"], json!(["Phường Đồng Mai", "select"]));
        assert_eq!(seen["byEnter"], json!(["Phường Phú La", "select"]));
        assert_eq!(seen["byTouch"], json!(["Phường Văn Quán", "select"]));
        let said = "Không có tên nào như vậy. Kiểm tra lại chữ đã gõ, hoặc đóng lại rồi chọn trong danh sách.";
        assert_eq!(seen["none"], json!({ "said": said, "names": [] }));
        assert_eq!(seen["closed"], json!(["Phường Văn Quán", "button"]));
    }
}
