//! All kernels give the same signals, skeletons and errors: on documents of every shape, broken ones too.

use super::lift::lift_with;
use crate::isa::Isa;

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// An integer of 1 to `digits` digits, which may be too large.
    fn integer(&mut self, digits: usize) -> String {
        let len = 1 + self.below(digits);
        let digits: String =
            (0..len).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap())).collect();
        let digits = digits.trim_start_matches('0');
        format!("{}{}", self.of(&["", "-"]), if digits.is_empty() { "0" } else { digits })
    }

    fn array(&mut self, len: usize) -> String {
        let digits = [2, 4, 4, 5, 8, 10][self.below(6)];
        let separators = [&[","][..], &[", "], &[",", ",\n\t", " , ", ",    ", "\r,"]][self.below(3)];
        let mut array = String::from(self.of(&["[", "[", "[ \n"]));
        for index in 0..len {
            array += if index > 0 { self.of(separators) } else { "" };
            array += &self.integer(digits);
        }
        array + self.of(&["]", "]", "\t]"])
    }

    fn body(&mut self) -> Vec<u8> {
        let mut body = String::from("{\"leads\":[");
        for _ in 0..=self.below(3) {
            let len = self.below(120);
            let (x, signal) = (self.integer(3), self.array(len));
            body += &[r#"{"x":"#, &x, r#","signal":"#, &signal, "},"].concat();
        }
        (body + "0]}").into_bytes()
    }
}

fn agree(body: &[u8]) -> bool {
    let expected = lift_with(body, "signal", Isa::SCALAR);
    for isa in Isa::available() {
        assert_eq!(lift_with(body, "signal", isa), expected, "{isa:?}: {}", String::from_utf8_lossy(body));
    }
    expected.is_ok()
}

#[test]
fn documents_are_read_alike() {
    let mut random = Random(1);
    let good = (0..3000).filter(|_| agree(&random.body())).count();
    assert!((1000..3000).contains(&good), "{good}");
}

#[test]
fn broken_documents_are_refused_alike() {
    let mut random = Random(2);
    for _ in 0..1000 {
        let body = random.body();
        for _ in 0..20 {
            let mut broken = body.clone();
            let place = random.below(body.len());
            match random.below(4) {
                0 => broken.truncate(place),
                1 => broken[place] = u8::try_from(random.below(256)).unwrap(),
                2 => broken[place] = b"0123456789-,. +eE\"[]{}\n\t\0\xff"[random.below(26)],
                _ => drop(broken.remove(place)),
            }
            agree(&broken);
        }
    }
}

#[test]
fn every_length_and_offset_is_read_alike() {
    let mut random = Random(3);
    for len in 0..150 {
        for space in 0..70 {
            let mut body = " ".repeat(space).into_bytes();
            body.extend(format!("{{\"signal\":{}}}", random.array(len)).bytes());
            body.shrink_to_fit(); // a read behind the end is one out of bounds
            agree(&body);
        }
    }
}

#[test]
fn every_byte_at_every_place_is_judged_alike() {
    let body = format!("{{\"signal\":[{}7]}}", "12,-345,0, 6789,-1,".repeat(5)).into_bytes();
    for place in 0..body.len() {
        for byte in 0..=255 {
            let mut broken = body.clone();
            broken[place] = byte;
            agree(&broken);
        }
    }
}
