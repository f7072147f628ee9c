//! Every case, with jsonwebtoken on aws-lc.

use benches::{BackEnd, Result, cases};
use criterion::Criterion;

fn main() -> Result<()> {
    BackEnd::AwsLc.install()?;
    let mut criterion = Criterion::default().configure_from_args();
    for mut case in cases(BackEnd::AwsLc)? {
        let mut group = criterion.benchmark_group(case.group);
        group.bench_function(case.name, |bencher| bencher.iter(|| (case.verify)()));
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
