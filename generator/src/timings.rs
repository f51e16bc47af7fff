//! How long a build takes, stage by stage: `motcua build --timings`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use formdef::{Lang, say};

/// What a build does, one after the other, each on all cores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Sources,
    Content,
    Site,
    Signed,
    Data,
    Pages,
    Places,
    Standing,
}

impl Stage {
    fn name(self, lang: Lang) -> String {
        match self {
            Stage::Sources => say!(
                lang,
                "reading the sources, looking at what stands",
                "đọc tệp nguồn, xem bản đang có"
            ),
            Stage::Content => say!(
                lang,
                "understanding and judging forms, lists, guides",
                "hiểu và kiểm tra biểu mẫu, danh sách, hướng dẫn"
            ),
            Stage::Site => say!(
                lang,
                "style, scripts, templates, search, links",
                "kiểu dáng, mã lệnh, khuôn mẫu, tìm kiếm, liên kết"
            ),
            Stage::Signed => say!(
                lang,
                "what is signed, what all pages share",
                "phần được ký, phần chung của các trang"
            ),
            Stage::Data => say!(
                lang,
                "compiled forms, schemas, lists",
                "biểu mẫu đã dịch, lược đồ, danh sách"
            ),
            Stage::Pages => say!(lang, "pages", "các trang"),
            Stage::Places => say!(
                lang,
                "putting files in their places",
                "đưa tệp vào đúng chỗ"
            ),
            Stage::Standing => say!(lang, "noting what stands", "ghi nhớ bản đang có"),
        }
    }
}

/// What is done for each service's pages, on many threads at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Told,
    Rendered,
    Smaller,
    Written,
}

impl Work {
    const ALL: [Work; 4] = [Work::Told, Work::Rendered, Work::Smaller, Work::Written];

    fn name(self, lang: Lang) -> String {
        match self {
            Work::Told => say!(
                lang,
                "… what templates are told, what scripts load",
                "… dữ liệu cho khuôn mẫu và mã lệnh"
            ),
            Work::Rendered => say!(lang, "… templates", "… khuôn mẫu"),
            Work::Smaller => say!(lang, "… making pages smaller", "… thu nhỏ trang"),
            Work::Written => say!(
                lang,
                "… digests, compressing, writing",
                "… mã băm, nén, ghi"
            ),
        }
    }
}

/// When each stage began, and how long threads did each work, in nanoseconds.
#[derive(Debug, Default)]
pub struct Timings {
    stages: Mutex<Vec<(Stage, Instant)>>,
    work: [AtomicU64; Work::ALL.len()],
}

impl Timings {
    /// A stage begins; the one before it is over.
    pub(crate) fn begin(&self, stage: Stage) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.push((stage, Instant::now()));
    }

    /// Does some work, and adds how long it took.
    pub(crate) fn spend<T>(&self, work: Work, done: impl FnOnce() -> T) -> T {
        let before = Instant::now();
        let value = done();
        let spent = u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.work[work as usize].fetch_add(spent, Ordering::Relaxed);
        value
    }

    /// The table, of a build that is over now, without a final line break. What is done for pages counts on each core by
    /// itself: on two cores it adds up to twice the time of the pages.
    pub fn show(&self, now: Instant, lang: Lang) -> String {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = stages.iter().skip(1).map(|(_, at)| *at).chain([now]);
        let mut rows = Vec::new();
        for ((stage, begins), ends) in stages.iter().zip(ends) {
            rows.push((stage.name(lang), ends - *begins));
            if *stage == Stage::Pages {
                rows.extend(Work::ALL.map(|work| (work.name(lang), self.spent(work))));
            }
        }
        if let Some((_, first)) = stages.first() {
            rows.push((say!(lang, "all of it", "tất cả"), now - *first));
        }
        let head = say!(
            lang,
            "| stage | time |\n|---|---|",
            "| công đoạn | thời gian |\n|---|---|"
        );
        let rows = rows
            .iter()
            .map(|(name, time)| format!("| {name} | {:.3} s |", time.as_secs_f64()));
        std::iter::once(head)
            .chain(rows)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn spent(&self, work: Work) -> Duration {
        Duration::from_nanos(self.work[work as usize].load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_ends_where_the_next_begins_and_works_stand_below_their_stage() {
        let timings = Timings::default();
        timings.begin(Stage::Sources);
        timings.begin(Stage::Pages);
        timings.spend(Work::Rendered, || {
            std::thread::sleep(Duration::from_millis(20));
        });
        timings.begin(Stage::Places);
        let table = timings.show(Instant::now(), Lang::En);
        let names: Vec<&str> = table
            .lines()
            .filter_map(|row| row.split(" | ").next())
            .collect();
        assert_eq!(
            names,
            [
                "| stage",
                "|---|---|",
                "| reading the sources, looking at what stands",
                "| pages",
                "| … what templates are told, what scripts load",
                "| … templates",
                "| … making pages smaller",
                "| … digests, compressing, writing",
                "| putting files in their places",
                "| all of it",
            ]
        );
        assert!(timings.spent(Work::Rendered) >= Duration::from_millis(20));
        assert_eq!(timings.spent(Work::Smaller), Duration::ZERO);
    }
}
