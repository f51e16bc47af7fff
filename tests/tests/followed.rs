//! A whole city's release: signed by `motcua`, made a leaf by the relay, and followed by the monitor where it is public.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Output;

use tests::{City, Plan};

#[test]
fn what_a_city_publishes_is_in_its_log_and_a_page_changed_at_the_host_is_found() {
    let plan = Plan::for_test("followed", None).unwrap();
    let mut city = City::start(&plan, &|_| ()).unwrap();
    let folder = plan.folder.join("monitor");
    fs::create_dir_all(&folder).unwrap();
    let config = format!(
        "log = \"{}/log\"\nlog_key = {:?}\nstate = \"state\"\n[portal]\naddress = {:?}\npublishers = [{:?}]\nfiles_per_look = 1000000\n",
        city.relay_url(),
        city.keys().publisher_folder().join("log.pub.key"),
        city.portal_url(),
        city.keys().publisher_public(),
    );
    fs::write(folder.join("monitor.toml"), config).unwrap();

    // A relay that was not told of releases.
    let (status, said) = look(&city, &folder);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("portal-unlogged: release "), "{said}");

    let config = fs::read_to_string(city.relay_config()).unwrap();
    let release = city.portal_dir().join("release.jws");
    fs::write(
        city.relay_config(),
        format!("release = {release:?}\n{config}"),
    )
    .unwrap();
    city.restart_relay().unwrap();
    // What was published while it stopped is what it shows.
    city.restart_relay().unwrap();
    let (status, said) = look(&city, &folder);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("1 leaves, all well; release "), "{said}");

    let page = city.portal_dir().join("khai-sinh/index.html");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("</html>", "<!-- --></html>")).unwrap();
    let (status, said) = look(&city, &folder);
    assert_eq!(status, 2, "{said}");
    assert!(
        said.contains("portal-changed: ") && said.contains("/khai-sinh/index.html"),
        "{said}"
    );
}

fn look(city: &City, folder: &Path) -> (i32, String) {
    let mut command = city.programs().monitor();
    command
        .arg(format!("--clock={}", city.now()))
        .args(["follow", "--once", "--config"])
        .arg(folder.join("monitor.toml"));
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let said = [stdout, stderr].concat();
    (status.code().unwrap(), String::from_utf8(said).unwrap())
}
