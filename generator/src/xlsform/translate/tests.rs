//! What expressions become, and why some become nothing.

use super::*;

fn names() -> Names {
    let codes = |names: &[&str]| {
        Rc::new(
            names
                .iter()
                .map(|n| ((*n).to_owned(), n.to_lowercase()))
                .collect(),
        )
    };
    let field = |id: &str, its| vec![Known::Field { id: id.into(), its }];
    let member = |id: &str, its| {
        vec![Known::Member {
            repeat: "kids".into(),
            id: id.into(),
            its,
        }]
    };
    Names(BTreeMap::from([
        (
            "a".into(),
            field("a", Type::Code(codes(&["Yes", "no", "1"]))),
        ),
        ("m".into(), field("m", Type::Many(codes(&["x", "y"])))),
        ("n".into(), field("n", Type::Whole)),
        ("d".into(), field("d", Type::Date)),
        ("t".into(), field("t", Type::Text)),
        ("ok".into(), field("ok", Type::Agreed)),
        ("kids".into(), field("kids", Type::Entries)),
        ("age".into(), member("age", Type::Whole)),
        ("gps".into(), vec![Known::Left]),
        ("twice".into(), vec![Known::Left, Known::Left]),
        ("day".into(), vec![Known::Today]),
    ]))
}

#[test]
fn conditions_hold_in_the_same_cases() {
    for (text, ours) in [
        ("${a} = 'Yes'", "a == 'yes'"),
        ("${a} = 1", "a == '1'"),
        ("${a} != 'no'", "!has(a) || a != 'no'"),
        ("not(${a} = 'no')", "!(has(a) && a == 'no')"),
        ("${a} = ''", "!has(a)"),
        ("string-length(${t}) > 0", "has(t)"),
        ("selected(${m}, 'x') or ${n} > 3", "'x' in m || n > 3"),
        ("selected(${a}, 'Yes')", "a == 'yes'"),
        ("${m} = 'x'", "has(m) && 'x' in m && size(m) == 1"),
        ("count-selected(${m}) >= 2", "size(m) >= 2"),
        (
            "(${n} > 1 or ${n} < 0) and ${a}='no'",
            "(n > 1 || n < 0) && a == 'no'",
        ),
        ("${d} > today() - 7", "d > plus_days(today(), -7)"),
        ("${d} <= '2016-08-10'", "d <= date('2016-08-10')"),
        ("today() - ${d} >= 60", "today() >= plus_days(d, 60)"),
        ("${day} > ${d}", "today() > d"),
        ("${ok} = 'OK'", "has(ok)"),
        ("${n} = '5'", "n == 5"),
        (
            "sum(${age}) > 10 and count(${kids}) < 3",
            "sum(kids.age) > 10 && size(kids) < 3",
        ),
        ("format-date(${d}, '%Y') = '2016'", "year(d) == 2016"),
        ("1 - (2 - ${n}) = 0", "1 - (2 - n) == 0"),
    ] {
        assert_eq!(condition(text, &names()).as_deref(), Ok(ours), "{text}");
    }
}

#[test]
fn constraints_break_only_an_answer() {
    for (own, its, text, ours) in [
        ("n", Type::Whole, ". >= 0 and . < 150", "n >= 0 && n < 150"),
        ("n", Type::Whole, "${n} != 13", "n != 13"),
        ("d", Type::Date, ". <= today()", "d <= today()"),
        (
            "n",
            Type::Whole,
            "${a} = 'Yes' or . > 5",
            "!has(n) || (has(a) && a == 'yes' || n > 5)",
        ),
        (
            "t",
            Type::Text,
            "regex(., '^0[0-9]{9}$')",
            "starts_with(t, '0') && size(t) == 10 && digits(t) == 10",
        ),
    ] {
        assert_eq!(
            assertion(text, (own, &its), &names()).as_deref(),
            Ok(ours),
            "{text}"
        );
    }
}

#[test]
fn values_are_worked_out() {
    for (text, ours) in [
        ("if(${a} = 'Yes', 1, 2)", "has(a) && a == 'yes' ? 1 : 2"),
        ("coalesce(${t}, 'none')", "has(t) ? t : 'none'"),
        ("concat(${t}, ' ', ${a})", "t + ' ' + a"),
        ("substr(${t}, 0, 3)", "slice(t, 0, 3)"),
        ("(${n} + 1) * 2", "(n + 1) * 2"),
        ("-${n}", "-n"),
        ("'it''", ""),
    ] {
        match value(text, &names()) {
            Ok((found, _)) => assert_eq!(found, ours, "{text}"),
            Err(cause) => assert!(matches!(cause, Cannot::Unreadable { .. }), "{text}"),
        }
    }
}

#[test]
fn what_has_no_equal_says_why() {
    let function = |name: &str| Cannot::Function { name: name.into() };
    for (text, cause) in [
        ("${b} = 1", Cannot::UnknownName { name: "b".into() }),
        ("${gps} = 1", Cannot::LeftOut { name: "gps".into() }),
        (
            "${twice} = 1",
            Cannot::SeveralNames {
                name: "twice".into(),
            },
        ),
        ("${age} = 1", Cannot::InsideRepeat { name: "age".into() }),
        (
            "../a = 1",
            Cannot::Path {
                text: "../a = 1".into(),
            },
        ),
        ("${n} div 2 = 1", Cannot::Operator { name: "div" }),
        ("pulldata('a', 'b') = 1", function("pulldata")),
        (
            "${a} = 'maybe'",
            Cannot::NotAnOption {
                value: "maybe".into(),
                name: "a".into(),
            },
        ),
        ("${t} > 'b'", Cannot::Unlike),
        ("${n} = ${t}", Cannot::Unlike),
        ("${n} + 1", Cannot::NotACondition),
        (
            "regex(${t}, '[a-z]+')",
            Cannot::Pattern {
                text: "[a-z]+".into(),
            },
        ),
        (". > 1", Cannot::Path { text: ".".into() }),
    ] {
        assert_eq!(condition(text, &names()), Err(cause), "{text}");
    }
}
