use whomet::encode::*;
fn main() {
    let f = ModelFiles::load(std::env::args().nth(1).as_deref().map(std::path::Path::new)).unwrap();
    let e = RtenEncoder::new(&f).unwrap();
    for n in [32usize, 64, 128, 192, 256, 384, 512] {
        let w = PieceWindow { ids: (0..n as u32).map(|i| 1000 + i * 7).collect(), shapes: vec![1; n] };
        let ws = vec![w; 20000 / n];
        e.encode(&ws[..4]).unwrap();
        let t = std::time::Instant::now();
        e.encode(&ws).unwrap();
        eprintln!("{n}: {:.0} pieces/s", (ws.len() * n) as f64 / t.elapsed().as_secs_f64());
    }
}
