//! ECGs as clients send them.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ecg {
    pub leads: Vec<Lead>,
    pub sampling_rate: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    pub name: String,
    pub signal: Vec<i32>,
    pub num_samples: Option<usize>,
}

impl Ecg {
    pub fn check(&self) -> Result<(), &'static str> {
        if self.leads.is_empty() {
            return Err("leads is empty");
        }
        let fits = |lead: &Lead| lead.num_samples.is_none_or(|number| number == lead.signal.len());
        if self.leads.iter().all(fits) { Ok(()) } else { Err("num_samples is not the number of samples") }
    }
}

impl Lead {
    /// A zero keeps the sign before it.
    pub fn zero_crossings(&self) -> usize {
        let mut signs = self.signal.iter().filter(|&&sample| sample != 0).map(|&sample| sample < 0);
        let Some(mut before) = signs.next() else { return 0 };
        signs.filter(|&sign| std::mem::replace(&mut before, sign) != sign).count()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.signal.iter().flat_map(|sample| sample.to_le_bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Lead;

    #[test]
    fn zeros_keep_the_sign_before_them() {
        let lead = |signal| Lead { name: "II".into(), signal, num_samples: None };
        assert_eq!(lead(vec![3, -1, 0, -2, 5]).zero_crossings(), 2);
        assert_eq!(lead(vec![0, 0]).zero_crossings(), 0);
        assert_eq!(lead(vec![0, 1, 0, -1]).zero_crossings(), 1);
    }
}
