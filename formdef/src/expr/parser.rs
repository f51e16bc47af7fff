//! Tokens → syntax tree. The grammar, loosest first:
//!
//! ```text
//! expression  = or [ "?" expression ":" expression ]
//! or          = and { "||" and }
//! and         = relation { "&&" relation }
//! relation    = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") sum ]
//! sum         = product { ("+" | "-") product }
//! product     = unary { "*" unary }
//! unary       = { "!" | "-" } primary
//! primary     = literal | path | path "(" [ expression { "," expression } ] ")"
//!             | "(" expression ")" | "[" [ expression { "," expression } ] "]"
//!             | "{" [ text ":" expression { "," text ":" expression } ] "}"
//! ```

use super::lexer::{Misplaced, Token, TokenKind, tokens};
use super::tree::Scalar;
use crate::noun::{self, Noun};
use crate::read::Mistake;
use std::ops::Range;

/// How deep an expression may nest, so that no reader of the compiled form runs out of stack.
const DEPTH_MAX: usize = 32;

/// A part of an expression and the bytes that it covers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expr {
    pub(crate) node: Node,
    pub(crate) span: Range<usize>,
    depth: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Literal(Scalar),
    Path(String),
    List(Vec<Expr>),
    Map(Vec<(String, Expr)>),
    Call(String, Vec<Expr>),
    Unary(&'static str, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `&&` or `||` over two parts or more.
    Chain(&'static str, Vec<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// Reads a whole expression.
pub(crate) fn parse(text: &str) -> Result<Expr, Misplaced> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        open: 0,
    };
    let expr = parser.expression()?;
    match parser.peek().kind {
        TokenKind::End => Ok(expr),
        _ => Err(parser.unexpected(noun::THE_END)),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// How many expressions are being read, one in another.
    open: usize,
}

type Parsed = Result<Expr, Misplaced>;

impl Parser {
    fn expression(&mut self) -> Parsed {
        self.open += 1;
        if self.open > DEPTH_MAX {
            return Err((self.peek().span.clone(), Mistake::TooDeep(DEPTH_MAX)));
        }
        let condition = self.chain("||", |parser| parser.chain("&&", Self::relation))?;
        let expr = if self.take("?") {
            let then = self.expression()?;
            self.expect(":")?;
            let otherwise = self.expression()?;
            let span = condition.span.start..otherwise.span.end;
            let depth = [&condition, &then, &otherwise].map(|part| part.depth);
            let node = Node::If(condition.into(), then.into(), otherwise.into());
            build(node, span, depth.into_iter())?
        } else {
            condition
        };
        self.open -= 1;
        Ok(expr)
    }

    fn chain(&mut self, sign: &'static str, part: impl Fn(&mut Self) -> Parsed) -> Parsed {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.take(sign) {
            parts.push(part(self)?);
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let span = parts[0].span.start..parts[parts.len() - 1].span.end;
        let depth: Vec<_> = parts.iter().map(|part| part.depth).collect();
        build(Node::Chain(sign, parts), span, depth.into_iter())
    }

    fn relation(&mut self) -> Parsed {
        let left = self.sum()?;
        let sign = ["==", "!=", "<=", ">=", "<", ">"]
            .into_iter()
            .find(|sign| self.take(sign));
        let sign = sign.or_else(|| self.take_word("in").then_some("in"));
        match sign {
            Some(sign) => {
                let right = self.sum()?;
                binary(sign, left, right)
            }
            None => Ok(left),
        }
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        while let Some(sign) = ["+", "-"].into_iter().find(|sign| self.take(sign)) {
            let right = self.product()?;
            left = binary(sign, left, right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.unary()?;
        while self.take("*") {
            let right = self.unary()?;
            left = binary("*", left, right)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.peek().span.start;
        let mut signs = Vec::new();
        while let Some(sign) = ["!", "-"].into_iter().find(|sign| self.take(sign)) {
            signs.push(sign);
        }
        let mut expr = self.primary()?;
        for sign in signs.into_iter().rev() {
            let (span, depth) = (start..expr.span.end, expr.depth);
            expr = build(Node::Unary(sign, expr.into()), span, std::iter::once(depth))?;
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.next();
        let start = token.span.start;
        let node = match token.kind {
            TokenKind::Number(number) => Node::Literal(Scalar::Number(number)),
            TokenKind::Text(text) => Node::Literal(Scalar::Text(text)),
            TokenKind::Path(path) if path == "true" => Node::Literal(Scalar::Bool(true)),
            TokenKind::Path(path) if path == "false" => Node::Literal(Scalar::Bool(false)),
            TokenKind::Path(path) if path != "in" => {
                if self.take("(") {
                    Node::Call(path, self.until(")", Self::expression)?)
                } else {
                    Node::Path(path)
                }
            }
            TokenKind::Sign("(") => {
                let mut inner = self.expression()?;
                inner.span = start..self.expect(")")?;
                return Ok(inner);
            }
            TokenKind::Sign("[") => Node::List(self.until("]", Self::expression)?),
            TokenKind::Sign("{") => Node::Map(self.until("}", Self::entry)?),
            _ => {
                self.at -= 1;
                return Err(self.unexpected(noun::VALUE));
            }
        };
        let depth: Vec<usize> = match &node {
            Node::Call(_, parts) | Node::List(parts) => parts.iter().map(|p| p.depth).collect(),
            Node::Map(entries) => entries.iter().map(|(_, p)| p.depth).collect(),
            _ => Vec::new(),
        };
        let end = self.tokens[self.at - 1].span.end;
        build(node, start..end, depth.into_iter())
    }

    fn entry(&mut self) -> Result<(String, Expr), Misplaced> {
        let TokenKind::Text(name) = self.peek().kind.clone() else {
            return Err(self.unexpected(noun::QUOTED_NAME));
        };
        self.at += 1;
        self.expect(":")?;
        Ok((name, self.expression()?))
    }

    /// Items with commas between, up to `close`.
    fn until<T>(
        &mut self,
        close: &'static str,
        item: impl Fn(&mut Self) -> Result<T, Misplaced>,
    ) -> Result<Vec<T>, Misplaced> {
        let mut items = Vec::new();
        if self.take(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if !self.take(",") {
                self.expect(close)?;
                return Ok(items);
            }
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek().kind, TokenKind::Sign(its) if its == sign);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(&self.peek().kind, TokenKind::Path(path) if path == word);
        self.at += usize::from(found);
        found
    }

    /// The end of the sign, which must come now.
    fn expect(&mut self, sign: &'static str) -> Result<usize, Misplaced> {
        let end = self.peek().span.end;
        if self.take(sign) {
            Ok(end)
        } else {
            Err(self.unexpected(Noun(sign, sign)))
        }
    }

    fn unexpected(&self, wanted: Noun) -> Misplaced {
        let found = match &self.peek().kind {
            TokenKind::End => None,
            TokenKind::Path(path) => Some(path.clone()),
            TokenKind::Number(number) => Some(number.to_string()),
            TokenKind::Text(text) => Some(format!("'{text}'")),
            TokenKind::Sign(sign) => Some((*sign).to_owned()),
        };
        let mistake = Mistake::Unexpected { wanted, found };
        (self.peek().span.clone(), mistake)
    }
}

fn binary(sign: &'static str, left: Expr, right: Expr) -> Parsed {
    let span = left.span.start..right.span.end;
    let depth = [left.depth, right.depth].into_iter();
    build(Node::Binary(sign, left.into(), right.into()), span, depth)
}

fn build(node: Node, span: Range<usize>, parts: impl Iterator<Item = usize>) -> Parsed {
    let depth = 1 + parts.max().unwrap_or(0);
    if depth > DEPTH_MAX {
        return Err((span, Mistake::TooDeep(DEPTH_MAX)));
    }
    Ok(Expr { node, span, depth })
}
