//! `peers ROUNDS NAME FILE ...` reads, packs and unpacks the signals of JSON documents in many ways.

mod packing;
mod reading;
mod timing;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (rounds, documents) = arguments.split_first().expect("ROUNDS");
    let rounds = rounds.parse().expect("ROUNDS is a number");
    for document in documents.chunks_exact(2) {
        let (name, body) = (&document[0], std::fs::read(&document[1]).expect("FILE is there"));
        reading::measure(name, rounds, &body);
        packing::measure(name, rounds, &body);
    }
}
