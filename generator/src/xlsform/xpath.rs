//! The part of XPath that XLSForm writes: text → tree. What it means here is `translate`'s business.

/// An expression as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// Digits, perhaps with a point.
    Number(String),
    Text(String),
    /// `${name}`
    Ref(String),
    /// `.`, the answer to the question itself.
    Own,
    /// `/data/x`, `../x`, `x[1]`: a way through the document.
    Path(String),
    Call(String, Vec<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Negative(Box<Expr>),
}

/// Expressions nest at most so deep.
const DEPTH_MAX: usize = 32;
/// Longer expressions are not read: `1 + 1 + …` nests, too.
const TOKENS_MAX: usize = 1000;

/// Operators from the loosest; those of one line bind alike.
const LEVELS: &[&[&str]] = &[
    &["or"],
    &["and"],
    &["=", "!="],
    &["<=", ">=", "<", ">"],
    &["+", "-"],
    &["*", "div", "mod"],
];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(String),
    Text(String),
    Ref(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &[
    "!=", "<=", ">=", "..", "//", "=", "<", ">", "+", "-", "*", "(", ")", ",", "/", "[", "]", "|",
    "@",
];

/// Reads an expression. The fault is the text that cannot be read, from where that begins.
pub(super) fn parse(text: &str) -> Result<Expr, String> {
    let straight = text.replace(['‘', '’'], "'").replace(['“', '”'], "\"");
    let tokens = tokens(&straight)?;
    let mut parser = Parser {
        text: &straight,
        tokens,
        next: 0,
    };
    let expr = parser.level(0, 0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.rest()),
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    let mut tokens: Vec<(usize, Token)> = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let rest = &text[at..];
        let unreadable = || rest.to_owned();
        let (token, length) = if let Some(inside) = rest.strip_prefix("${") {
            let end = inside.find('}').ok_or_else(unreadable)?;
            let name = inside[..end].trim();
            // `${last-saved#x}` is the answer of the time before.
            if name.is_empty() || name.contains('#') {
                return Err(unreadable());
            }
            (Token::Ref(name.to_owned()), end + 3)
        } else if first == '\'' || first == '"' {
            let end = rest[1..].find(first).ok_or_else(unreadable)?;
            (Token::Text(rest[1..=end].to_owned()), end + 2)
        } else if first.is_ascii_digit() || is_fraction(rest) {
            let length = length_while(rest, |c| c.is_ascii_digit() || c == '.');
            (Token::Number(rest[..length].to_owned()), length)
        } else if first.is_alphabetic() || first == '_' {
            let length = length_while(rest, |c| c.is_alphanumeric() || "_-.:".contains(c));
            (Token::Name(rest[..length].to_owned()), length)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else if first == '.' {
            (Token::Sign("."), 1)
        } else {
            return Err(unreadable());
        };
        if tokens.len() == TOKENS_MAX {
            return Err(unreadable());
        }
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

fn is_fraction(rest: &str) -> bool {
    rest.strip_prefix('.')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn length_while(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    /// What is left of the text, for messages.
    fn rest(&self) -> String {
        let at = self
            .tokens
            .get(self.next)
            .map_or(self.text.len(), |(at, _)| *at);
        match &self.text[at..] {
            "" => self.text.to_owned(),
            rest => rest.to_owned(),
        }
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        match self.accept(sign) {
            true => Ok(()),
            false => Err(self.rest()),
        }
    }

    /// One of the operators of a level, words among them.
    fn operator(&mut self, level: &[&'static str]) -> Option<&'static str> {
        let found = level.iter().find(|name| match self.peek() {
            Some(Token::Sign(sign)) => sign == *name,
            Some(Token::Name(word)) => word == *name,
            _ => false,
        })?;
        self.next += 1;
        Some(found)
    }

    fn level(&mut self, level: usize, depth: usize) -> Result<Expr, String> {
        if depth > DEPTH_MAX {
            return Err(self.rest());
        }
        let Some(operators) = LEVELS.get(level) else {
            return self.unary(depth);
        };
        let mut left = self.level(level + 1, depth)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1, depth)?;
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, String> {
        if !self.accept("-") {
            return self.atom(depth);
        }
        if depth > DEPTH_MAX {
            return Err(self.rest());
        }
        Ok(Expr::Negative(Box::new(self.unary(depth + 1)?)))
    }

    fn atom(&mut self, depth: usize) -> Result<Expr, String> {
        let begin = self.next;
        let atom = match self.take() {
            Some(Token::Number(number)) if number.matches('.').count() < 2 => Expr::Number(number),
            Some(Token::Text(text)) => Expr::Text(text),
            Some(Token::Ref(name)) => Expr::Ref(name),
            Some(Token::Sign("(")) => {
                let inside = self.level(0, depth + 1)?;
                self.expect(")")?;
                inside
            }
            Some(Token::Sign(".")) => Expr::Own,
            Some(Token::Name(name)) if self.accept("(") => Expr::Call(name, self.operands(depth)?),
            Some(Token::Name(_) | Token::Sign(".." | "/" | "//" | "@")) => {
                return Ok(self.path(begin));
            }
            _ => {
                self.next = begin;
                return Err(self.rest());
            }
        };
        match self.peek() {
            Some(Token::Sign("/" | "//" | "[")) => Ok(self.path(begin)),
            _ => Ok(atom),
        }
    }

    fn operands(&mut self, depth: usize) -> Result<Vec<Expr>, String> {
        let mut operands = Vec::new();
        if self.accept(")") {
            return Ok(operands);
        }
        loop {
            operands.push(self.level(0, depth + 1)?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(operands)
    }

    /// A way through the document: to the end of the expression, as nothing of it is carried.
    fn path(&mut self, begin: usize) -> Expr {
        let at = self.tokens[begin].0;
        self.next = self.tokens.len();
        Expr::Path(self.text[at..].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expr: &Expr) -> String {
        match expr {
            Expr::Number(text) => text.clone(),
            Expr::Text(text) => format!("'{text}'"),
            Expr::Ref(name) => format!("${name}"),
            Expr::Own => ".".into(),
            Expr::Path(path) => format!("<{path}>"),
            Expr::Call(name, operands) => {
                let operands: Vec<String> = operands.iter().map(shown).collect();
                format!("{name}({})", operands.join(" "))
            }
            Expr::Binary(operator, left, right) => {
                format!("({} {operator} {})", shown(left), shown(right))
            }
            Expr::Negative(inner) => format!("-{}", shown(inner)),
        }
    }

    #[test]
    fn operators_bind_as_in_xpath() {
        for (text, tree) in [
            (
                "${a} = 'x' and ${b} > 2 or not(.)",
                "((($a = 'x') and ($b > 2)) or not(.))",
            ),
            ("1 - 2 - 3 * -4", "((1 - 2) - (3 * -4))"),
            ("today()-7", "(today() - 7)"),
            ("a-b", "<a-b>"),
            ("10 div 3 mod 2", "((10 div 3) mod 2)"),
            (". >= 0.5", "(. >= 0.5)"),
            ("../x = 1", "<../x = 1>"),
            ("selected( ${ m }, “b”)", "selected($m 'b')"),
            ("if(${a}!='', 1, 2)", "if(($a != '') 1 2)"),
        ] {
            assert_eq!(
                parse(text).as_ref().map(shown),
                Ok(tree.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_shown_from_there() {
        for (text, rest) in [
            ("${a} = ", "${a} = "),
            ("${a", "${a"),
            ("(1 + 2", "(1 + 2"),
            ("1 # 2", "# 2"),
            ("'x", "'x"),
            ("1 2", "2"),
            ("${last-saved#a} = 1", "${last-saved#a} = 1"),
        ] {
            assert_eq!(parse(text), Err(rest.to_owned()), "{text}");
        }
        let deep = "(".repeat(100_000);
        assert!(parse(&deep).is_err());
        assert!(parse(&"-".repeat(100_000)).is_err());
    }
}
