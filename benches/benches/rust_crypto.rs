//! jsonwebtoken on RustCrypto, which takes a process of its own: a process has one back-end.

use benches::{BackEnd, Result, cases};
use criterion::Criterion;

fn main() -> Result<()> {
    BackEnd::RustCrypto.install()?;
    let mut criterion = Criterion::default().configure_from_args();
    for mut case in cases(BackEnd::RustCrypto)? {
        let mut group = criterion.benchmark_group(case.group);
        group.bench_function(case.name, |bencher| bencher.iter(|| (case.verify)()));
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
