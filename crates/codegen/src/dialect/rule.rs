//! Lint rule: what it is called, why it is there, and the report of a document that breaks it.

use std::fmt;

use crate::spec::{Located, Spec};

/// One rule of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, as reports show it.
    pub name: &'static str,
    /// What goes wrong without it.
    pub why: &'static str,
}

/// Rules about one subject, and the check that reports them.
pub(super) struct RuleGroup {
    pub(super) rules: &'static [Rule],
    pub(super) check: fn(&Spec<'_>, &mut Report),
}

/// A place in a document that breaks a rule. Its `Display` is one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The document's name.
    pub document: String,
    /// JSON pointer of the place, such as `/paths/~1x/get/responses`; empty for the document itself.
    pub pointer: String,
    /// The rule's name.
    pub rule: &'static str,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        let line = format!("{} {pointer} breaks {}: {}", self.document, self.rule, self.message);
        // Names out of the document may hold line breaks; a report is one line each.
        for c in line.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

/// Collects what the groups of rules find.
pub(super) struct Report {
    document: String,
    found: Vec<Violation>,
}

impl Report {
    pub(super) fn new(document: &str) -> Self {
        Self { document: document.to_owned(), found: Vec::new() }
    }

    pub(super) fn add(&mut self, at: &Located<'_>, rule: Rule, message: impl Into<String>) {
        self.found.push(Violation {
            document: self.document.clone(),
            pointer: at.pointer.clone(),
            rule: rule.name,
            message: message.into(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything found, each once, in the order of the places.
    pub(super) fn finish(mut self) -> Vec<Violation> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}
