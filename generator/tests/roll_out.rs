//! What opens, closes or is tried out: in the catalogue for the relay, in the list for the page, in words for people.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use envelope::{Catalogue, Mode, UnixTime};
use formdef::Moment;
use generator::output::Output;
use generator::{Options, make};
use support::{edit, fixture_copy, key};

/// The ward that closes by the hour, and the one in trial.
const AGENCIES: &str = "code,district_code,district,name,kind,slug,opens,closes,mode
00178,006,Quận Đống Đa,Cát Linh,phường,phuong-cat-linh-dong-da,2016-08-10,2016-08-12T17:30+07:00,
00001,001,Quận Ba Đình,Phúc Xá,phường,phuong-phuc-xa-ba-dinh,2016-08-10,,trial
00029,001,Quận Ba Đình,Đội Cấn,phường,phuong-doi-can-ba-dinh,2016-08-10,,
00008,001,Quận Ba Đình,Cống Vị,phường,phuong-cong-vi-ba-dinh,,2016-08-09,
09619,271,Huyện Ba Vì,Tây Đằng,thị trấn,thi-tran-tay-dang-ba-vi,2016-12-15T07:30+07:00,,live
";

fn rolled_out() -> Options {
    let options = fixture_copy();
    fs::write(options.forms.join("agencies.csv"), AGENCIES).unwrap();
    edit(
        &options.forms.join("khai-sinh/form.toml"),
        "version = 1\n",
        "version = 1\nopens = 2016-08-10T08:00:00+07:00\ncloses = 2016-09-01\n",
    );
    Options {
        keys: Some(support::keys()),
        ..options
    }
}

fn at(options: &Options, moment: &str) -> Options {
    Options {
        now: UnixTime(unix(moment)),
        ..options.clone()
    }
}

fn unix(moment: &str) -> i64 {
    Moment::parse(moment).unwrap().unix()
}

fn text(output: &Output, path: &str) -> String {
    let bytes = output.get(path).unwrap_or_else(|| panic!("{path}"));
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_catalogue_has_the_times_and_the_mode() {
    let options = rolled_out();
    let output = make(&options).unwrap().output;
    let jws = text(&output, "catalogue.jws");
    let catalogue = Catalogue::read(&jws, &[key(1)], options.now).unwrap();
    let office = |code: &str| {
        let office = catalogue.office(code).unwrap();
        let seconds = |at: Option<UnixTime>| at.map(|at| at.0);
        (seconds(office.opens), seconds(office.closes), office.mode)
    };
    let launch = Some(unix("2016-08-10"));
    let evening = Some(unix("2016-08-12T17:30+07:00"));
    assert_eq!(office("00178"), (launch, evening, Mode::Live));
    assert_eq!(office("00001"), (launch, None, Mode::Trial));
    assert_eq!(
        office("00008"),
        (None, Some(unix("2016-08-09")), Mode::Live)
    );
    let morning = Some(unix("2016-12-15T07:30+07:00"));
    assert_eq!(office("09619"), (morning, None, Mode::Live));
    let form = catalogue.forms.iter().find(|form| form.id == "khai-sinh");
    let form = form.unwrap();
    assert_eq!(form.opens, Some(UnixTime(unix("2016-08-10T08:00+07:00"))));
    assert_eq!(form.closes, Some(UnixTime(unix("2016-09-01"))));
    let list = output
        .files()
        .find(|(_, bytes)| bytes.starts_with(b"{\"id\":\"agencies\""));
    let list = String::from_utf8(list.unwrap().1.to_vec()).unwrap();
    for item in [
        r#""group":"006","opens":"2016-08-10","closes":"2016-08-12T17:30+07:00"}"#,
        r#""group":"001","opens":"2016-08-10","mode":"trial"}"#,
        r#""group":"271","opens":"2016-12-15T07:30+07:00"}"#,
    ] {
        assert!(list.contains(item), "{item}\n{list}");
    }
}

#[test]
fn pages_say_the_times_before_while_and_after_and_stay_true() {
    let options = rolled_out();
    let services = [
        "index.html",
        "khai-sinh/index.html",
        "en/khai-sinh/index.html",
    ];
    for (moment, words) in [
        (
            "2016-08-09",
            [
                "từ 8 giờ 00 ngày 10/08/2016 đến hết ngày 31/08/2016</span>",
                "Nhận hồ sơ trực tuyến từ 8 giờ 00 ngày 10/08/2016 đến hết ngày 31/08/2016.",
                "Takes applications online from 8:00 on 10/08/2016 until the end of 31/08/2016.",
            ],
        ),
        (
            "2016-08-10T08:00+07:00",
            [
                "đến hết ngày 31/08/2016</span>",
                "Nhận hồ sơ trực tuyến đến hết ngày 31/08/2016.",
                "Takes applications online until the end of 31/08/2016.",
            ],
        ),
        (
            "2016-09-01",
            [
                "đã ngừng nhận</span>",
                "Đã hết thời gian nhận hồ sơ trực tuyến: chỉ nhận đến hết ngày 31/08/2016.",
                "Takes no more applications online: the time for them was until the end of 31/08/2016.",
            ],
        ),
    ] {
        let built = Options {
            keys: None,
            ..at(&options, moment)
        };
        let output = make(&built).unwrap().output;
        for (page, words) in services.iter().zip(words) {
            let page = text(&output, page);
            assert!(page.contains(words), "{moment}: {words}\n{page}");
        }
    }
}

#[test]
fn an_agency_says_until_when_it_takes_applications_and_whether_they_count() {
    let built = Options {
        keys: None,
        ..rolled_out()
    };
    let output = make(&built).unwrap().output;
    for (page, words) in [
        (
            "co-quan/phuong-cat-linh-dong-da/index.html",
            "Nhận hồ sơ trực tuyến đến trước 17 giờ 30 ngày 12/08/2016.",
        ),
        (
            "co-quan/phuong-phuc-xa-ba-dinh/index.html",
            "Cơ quan này đang chạy thử",
        ),
        (
            "en/agencies/phuong-phuc-xa-ba-dinh/index.html",
            "This agency is trying the portal out",
        ),
        (
            "co-quan/phuong-cong-vi-ba-dinh/index.html",
            "Đã hết thời gian nhận hồ sơ trực tuyến: chỉ nhận đến hết ngày 08/08/2016.",
        ),
        (
            "co-quan/thi-tran-tay-dang-ba-vi/index.html",
            "Nhận hồ sơ trực tuyến từ 7 giờ 30 ngày 15/12/2016.",
        ),
        ("co-quan/index.html", "<span class=tag>chạy thử</span>"),
        (
            "co-quan/index.html",
            "<span class=tag>đến trước 17 giờ 30 ngày 12/08/2016</span>",
        ),
    ] {
        let page = text(&output, page);
        assert!(page.contains(words), "{words}\n{page}");
    }
    let silent = text(&output, "co-quan/phuong-doi-can-ba-dinh/index.html");
    assert!(!silent.contains("class=notice"), "{silent}");
}

#[test]
fn an_option_says_beside_its_label_when_it_can_be_chosen() {
    let options = fixture_copy();
    let form = options.forms.join("khai-sinh/form.toml");
    edit(
        &form,
        "[[section]]\nid = \"child\"\n",
        r#"[[section]]
id = "way"
title.vi = "Cách nhận"

[[section.field]]
id = "way"
kind = "choice"
label.vi = "Nhận kết quả thế nào?"
options = [
    { value = "quay", label.vi = "Tại quầy", label.en = "At the counter" },
    { value = "thu", label.vi = "Qua thư", label.en = "By post", opens = 2016-12-15T07:30:00+07:00, closes = 2017-01-01 },
]

[[section.field]]
id = "days"
kind = "multi-choice"
label.vi = "Ngày nào?"
options = [{ value = "t7", label.vi = "Thứ bảy", closes = 2017-01-01 }, { value = "cn", label.vi = "Chủ nhật" }]

[[section]]
id = "child"
"#,
    );
    let output = make(&options).unwrap().output;
    for (page, words) in [
        ("khai-sinh/form/index.html", "> Tại quầy</label>"),
        (
            "khai-sinh/form/index.html",
            "> Qua thư (từ 7 giờ 30 ngày 15/12/2016 đến hết ngày 31/12/2016)</label>",
        ),
        (
            "khai-sinh/form/index.html",
            "> Thứ bảy (đến hết ngày 31/12/2016)</label>",
        ),
        (
            "en/khai-sinh/form/index.html",
            "> By post (from 7:30 on 15/12/2016 until the end of 31/12/2016)</label>",
        ),
    ] {
        let page = text(&output, page);
        assert!(page.contains(words), "{words}\n{page}");
    }
}
