//! One request head, judged byte for byte before hyper reads it.
//!
//! hyper takes bare line feeds and two equal lengths and tells nobody. Whatever two programs could read in two ways is
//! refused here: a proxy in front must never see another request than the relay does.

/// Longest head, request line and headers together.
pub(crate) const HEAD_BYTES_MAX: usize = 8 * 1024;

/// Most header lines; below what hyper would refuse.
const HEADER_LINES_MAX: usize = 64;

/// What is wrong with a head, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misframed(pub(crate) &'static str);

/// Where the head that `bytes` begins with ends; `None` until its empty line has come.
///
/// The first `looked_at` bytes were given before and were good so far.
pub(crate) fn end(bytes: &[u8], looked_at: usize) -> Result<Option<usize>, Misframed> {
    for i in looked_at..bytes.len() {
        let follows_cr = i > 0 && bytes[i - 1] == b'\r';
        match bytes[i] {
            b'\n' if !follows_cr => return Err(Misframed("line feed without carriage return")),
            b'\n' if bytes[..=i].ends_with(b"\r\n\r\n") => return Ok(Some(i + 1)),
            b'\n' => {}
            _ if follows_cr => return Err(Misframed("carriage return without line feed")),
            b'\r' | b'\t' | b' '..=b'~' => {}
            _ => return Err(Misframed("control or non-ASCII character")),
        }
        if i >= HEAD_BYTES_MAX {
            return Err(Misframed("head too long"));
        }
    }
    Ok(None)
}

/// Judges a whole head, its empty line included, and returns how many bytes of body follow it.
pub(crate) fn body_bytes(head: &[u8]) -> Result<u64, Misframed> {
    let head = str::from_utf8(head).map_err(|_| Misframed("control or non-ASCII character"))?;
    let mut lines = head.trim_end_matches("\r\n").split("\r\n");
    let method = method(lines.next().unwrap_or_default())?;
    let mut hosts = 0;
    let mut length = None;
    for (i, line) in lines.enumerate() {
        if i == HEADER_LINES_MAX {
            return Err(Misframed("too many header lines"));
        }
        let (name, value) = header(line)?;
        match name.to_ascii_lowercase().as_str() {
            "host" => hosts += 1,
            "content-length" if length.is_some() => return Err(Misframed("two lengths")),
            "content-length" => {
                let plain = decimal(value).ok_or(Misframed("length not a plain number"))?;
                length = Some(plain);
            }
            "transfer-encoding" => return Err(Misframed("Transfer-Encoding")),
            "upgrade" => return Err(Misframed("Upgrade")),
            "expect" => return Err(Misframed("Expect")),
            _ => {}
        }
    }
    if hosts != 1 {
        return Err(Misframed("not exactly one Host"));
    }
    match (method, length) {
        ("POST" | "PUT", Some(length)) => Ok(length),
        ("POST" | "PUT", None) => Err(Misframed("POST or PUT without Content-Length")),
        (_, None | Some(0)) => Ok(0),
        _ => Err(Misframed("body on a method without one")),
    }
}

/// The method of a request line `METHOD /path HTTP/1.1`, exactly one space between.
fn method(line: &str) -> Result<&str, Misframed> {
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Misframed("request line of other than three words"));
    };
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Misframed("method not in capitals"));
    }
    if !target.starts_with('/') || target.contains(['\t', '#']) {
        return Err(Misframed("target not a path"));
    }
    if version != "HTTP/1.1" {
        return Err(Misframed("version other than HTTP/1.1"));
    }
    Ok(method)
}

/// Name and value of a header line.
fn header(line: &str) -> Result<(&str, &str), Misframed> {
    if line.starts_with([' ', '\t']) {
        return Err(Misframed("folded header line"));
    }
    let (name, value) = line
        .split_once(':')
        .ok_or(Misframed("header line without colon"))?;
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Misframed("header name with a space or other than a token"));
    }
    Ok((name, value.trim_matches([' ', '\t'])))
}

/// A number in the only spelling that every reader agrees on.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(head: &str) -> Result<u64, &'static str> {
        let whole = end(head.as_bytes(), 0).map_err(|Misframed(why)| why)?;
        assert_eq!(whole, Some(head.len()), "a whole head and nothing after it");
        body_bytes(head.as_bytes()).map_err(|Misframed(why)| why)
    }

    #[test]
    fn a_plain_request_tells_its_length() {
        assert_eq!(judge("GET /v1 HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(0));
        assert_eq!(
            judge("POST /v1 HTTP/1.1\r\nhost:a\r\nContent-Length: \t12 \r\n\r\n"),
            Ok(12)
        );
        assert_eq!(
            judge("OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX:\r\n\r\n"),
            Ok(0)
        );
    }

    #[test]
    fn the_end_is_found_however_the_bytes_arrive() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for first in 0..head.len() {
            assert_eq!(end(&head[..first], 0), Ok(None), "after {first} bytes");
            assert_eq!(
                end(head, first),
                Ok(Some(head.len())),
                "in two pieces, {first} first"
            );
        }
        assert_eq!(
            end(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", 0),
            Ok(Some(head.len())),
            "and no further"
        );
    }

    #[test]
    fn everything_ambiguous_is_refused_by_its_name() {
        let long = "a".repeat(HEAD_BYTES_MAX);
        let many = "a: b\r\n".repeat(HEADER_LINES_MAX);
        let cases: &[(&str, &str)] = &[
            (
                "GET / HTTP/1.1\nHost: a\r\n\r\n",
                "line feed without carriage return",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\n\n",
                "line feed without carriage return",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
                "carriage return without line feed",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
                "carriage return without line feed",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
                "control or non-ASCII character",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n",
                "control or non-ASCII character",
            ),
            (
                "GET / HTTP/1.1\r\nHost: ă\r\n\r\n",
                "control or non-ASCII character",
            ),
            ("\r\n\r\n", "request line of other than three words"),
            ("GET /\r\n\r\n", "request line of other than three words"),
            (
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "request line of other than three words",
            ),
            (
                "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                "request line of other than three words",
            ),
            (
                "get / HTTP/1.1\r\nHost: a\r\n\r\n",
                "method not in capitals",
            ),
            (" / HTTP/1.1\r\nHost: a\r\n\r\n", "method not in capitals"),
            (
                "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "target not a path",
            ),
            ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "target not a path"),
            (
                "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
                "target not a path",
            ),
            ("GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", "target not a path"),
            (
                "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
                "version other than HTTP/1.1",
            ),
            ("PRI * HTTP/2.0\r\n\r\n", "target not a path"),
            (
                "GET / http/1.1\r\nHost: a\r\n\r\n",
                "version other than HTTP/1.1",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                "folded header line",
            ),
            ("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", "folded header line"),
            (
                "GET / HTTP/1.1\r\nHost a\r\n\r\n",
                "header line without colon",
            ),
            (
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "header name with a space or other than a token",
            ),
            (
                "GET / HTTP/1.1\r\n: a\r\n\r\n",
                "header name with a space or other than a token",
            ),
            (
                "GET / HTTP/1.1\r\nHo(st: a\r\n\r\n",
                "header name with a space or other than a token",
            ),
            ("GET / HTTP/1.1\r\n\r\n", "not exactly one Host"),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
                "not exactly one Host",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST or PUT without Content-Length",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
                "body on a method without one",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                "two lengths",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
                "length not a plain number",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
                "length not a plain number",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 01\r\n\r\n",
                "length not a plain number",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "length not a plain number",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
                "length not a plain number",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
                "length not a plain number",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\ntransfer-ENCODING: x\r\nContent-Length: 1\r\n\r\n",
                "Transfer-Encoding",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
                "Upgrade",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
                "Expect",
            ),
            (
                &format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
                "head too long",
            ),
            (
                &format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
                "too many header lines",
            ),
        ];
        for (head, why) in cases {
            assert_eq!(judge(head), Err(*why), "{head:?}");
        }
    }
}
