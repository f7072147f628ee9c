//! `cargo bench`: every case by criterion, for a look at one of them (`cargo bench -- es256/embedded`) and for a comparison
//! with an earlier run. Ratios between cases are better taken from `cargo xtask bench`, which has them run by turns.

use benches::{Case, Result, cases};
use criterion::Criterion;

fn main() -> Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    for Case {
        group,
        name,
        mut verify,
    } in cases()?
    {
        let mut group = criterion.benchmark_group(group);
        group.bench_function(name, |bencher| bencher.iter(&mut verify));
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
