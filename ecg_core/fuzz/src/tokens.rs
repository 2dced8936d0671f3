//! The values of msgpack, and the heads of arrays and maps, by `rmp`.

use rmp::{Marker, decode};

pub(crate) enum Token<'a> {
    Null,
    /// A boolean or a float.
    Other,
    Integer(i128),
    Text(&'a [u8]),
    Binary(&'a [u8]),
    Array(usize),
    Map(usize),
    Extension,
}

/// The next token, or nothing if there is none; no more values are announced than there are bytes for.
pub(crate) fn token<'a>(rest: &mut &'a [u8]) -> Option<Token<'a>> {
    Some(match Marker::from_u8(*rest.first()?) {
        Marker::Null => decode::read_nil(rest).map(|()| Token::Null).ok()?,
        Marker::True | Marker::False => decode::read_bool(rest).map(|_| Token::Other).ok()?,
        Marker::F32 => decode::read_f32(rest).map(|_| Token::Other).ok()?,
        Marker::F64 => decode::read_f64(rest).map(|_| Token::Other).ok()?,
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
            let len = decode::read_str_len(rest).ok()?;
            Token::Text(taken(rest, len)?)
        }
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => {
            let len = decode::read_bin_len(rest).ok()?;
            Token::Binary(taken(rest, len)?)
        }
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => {
            let len = decode::read_array_len(rest).ok()? as usize;
            (len <= rest.len()).then_some(Token::Array(len))?
        }
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => {
            let len = decode::read_map_len(rest).ok()? as usize;
            (2 * len <= rest.len()).then_some(Token::Map(len))?
        }
        Marker::Reserved => return None,
        marker if extends(marker) => Token::Extension,
        _ => Token::Integer(decode::read_int(rest).ok()?),
    })
}

fn extends(marker: Marker) -> bool {
    use Marker::{Ext8, Ext16, Ext32, FixExt1, FixExt2, FixExt4, FixExt8, FixExt16};
    matches!(marker, FixExt1 | FixExt2 | FixExt4 | FixExt8 | FixExt16 | Ext8 | Ext16 | Ext32)
}

fn taken<'a>(rest: &mut &'a [u8], len: u32) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(len as usize)?;
    *rest = behind;
    Some(taken)
}
