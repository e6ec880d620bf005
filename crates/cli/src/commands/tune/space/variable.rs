//! Variable of a space: what may be tried of it, checked where it is written.

use serde_json::{Map, Number, Value};

use super::document::{Content, Mistake, Node};

/// Fields of a variable. `vtype` is the hub's word for `type`; `flag` is of this program alone.
const FIELDS: &[&str] = &["type", "vtype", "min", "max", "guess", "options", "log", "step", "flag"];
/// Room for rounding when a range is divided into steps: 1.0 / 0.1 counts as ten.
const STEP_SLACK: f64 = 1e-9;
/// The most options of a category, as hubs take them.
const MOST_OPTIONS: usize = 1000;

/// Variable of a space.
#[derive(Debug, PartialEq)]
pub(super) struct Variable {
    /// As the hub takes it.
    pub(super) fields: Map<String, Value>,
    /// Whether its empty option leaves out the word that it would be.
    pub(super) flag: bool,
}

/// Fields of a variable as they stand in the file.
struct Fields<'a> {
    node: &'a Node,
    entries: Vec<(&'a str, &'a Node)>,
}

impl Variable {
    /// The variable that this node describes.
    pub(super) fn of(node: &Node) -> Result<Variable, Mistake> {
        let fields = Fields::of(node)?;
        let (kind, named) = match (fields.get("type"), fields.get("vtype")) {
            (Some(_), Some(twice)) => return Err(twice.wrong("it has both `type` and `vtype`, which mean the same")),
            (Some(kind), None) | (None, Some(kind)) => (word(kind, "type")?, kind),
            (None, None) => return Err(node.wrong("it has no `type`: int, cont or cat")),
        };
        let allowed: &[&str] = match kind {
            "cat" => &["type", "vtype", "options", "guess", "flag"],
            "int" | "cont" => &["type", "vtype", "min", "max", "guess", "log", "step"],
            _ => return Err(named.wrong(format!("the type {kind:?} is none of int, cont and cat"))),
        };
        if let Some((name, other)) = fields.entries.iter().find(|(name, _)| !allowed.contains(name)) {
            return Err(other.wrong(format!("a variable of the type {kind} has no `{name}`")));
        }
        let mut out = Map::from_iter([("vtype".to_owned(), kind.into())]);
        match kind {
            "cat" => category(&fields, &mut out)?,
            _ => range(&fields, kind == "int", &mut out)?,
        }
        Ok(Variable { fields: out, flag: fields.truth("flag")?.unwrap_or_default() })
    }
}

impl<'a> Fields<'a> {
    fn of(node: &'a Node) -> Result<Fields<'a>, Mistake> {
        let Content::Map(entries) = &node.content else {
            return Err(node.wrong("a variable is a map with `type`, and `min` and `max` or `options`"));
        };
        let mut fields = Fields { node, entries: Vec::new() };
        for (key, value) in entries {
            let name = word(key, "the name of a field")?;
            if !FIELDS.contains(&name) {
                return Err(key.wrong(format!("there is no field {name:?}; there are {}", FIELDS.join(", "))));
            }
            if fields.get(name).is_some() {
                return Err(key.wrong(format!("`{name}` is there twice")));
            }
            if matches!(value.word(), Some(("" | "~" | "null" | "Null" | "NULL", true))) {
                return Err(value.wrong(format!("{name} has no value")));
            }
            fields.entries.push((name, value));
        }
        Ok(fields)
    }

    fn get(&self, name: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(field, _)| *field == name).map(|(_, node)| *node)
    }

    fn truth(&self, name: &str) -> Result<Option<bool>, Mistake> {
        match self.get(name).map(|node| (node, node.word())) {
            None => Ok(None),
            Some((_, Some(("true" | "True" | "TRUE", true)))) => Ok(Some(true)),
            Some((_, Some(("false" | "False" | "FALSE", true)))) => Ok(Some(false)),
            Some((node, _)) => Err(node.wrong(format!("{name} is true or false"))),
        }
    }

    fn needed(&self, name: &str) -> Result<&'a Node, Mistake> {
        self.get(name).ok_or_else(|| self.node.wrong(format!("it has no `{name}`")))
    }
}

/// Categories are words, as they are written: `true`, `001` and `3.10` too.
fn category(fields: &Fields<'_>, out: &mut Map<String, Value>) -> Result<(), Mistake> {
    let list = fields.needed("options")?;
    let Content::List(items) = &list.content else { return Err(list.wrong("options is a list")) };
    let mut options: Vec<&str> = Vec::new();
    for item in items {
        let option = word(item, "an option")?;
        if options.contains(&option) {
            return Err(item.wrong(format!("the option {option:?} is there twice")));
        }
        options.push(option);
    }
    if options.is_empty() || options.len() > MOST_OPTIONS {
        return Err(list.wrong(format!("a category has 1 to {MOST_OPTIONS} options, not {}", options.len())));
    }
    if let Some(node) = fields.get("guess") {
        let guess = word(node, "the guess")?;
        if !options.contains(&guess) {
            return Err(node.wrong(format!("the guess {guess:?} is none of the options")));
        }
        out.insert("guess".to_owned(), guess.into());
    }
    out.insert("options".to_owned(), options.into());
    Ok(())
}

/// Numbers between two bounds, which are all that is ever tried.
fn range(fields: &Fields<'_>, whole: bool, out: &mut Map<String, Value>) -> Result<(), Mistake> {
    let mut numbers = [None; 4];
    for (slot, name) in numbers.iter_mut().zip(["min", "max", "step", "guess"]) {
        let node = if matches!(name, "min" | "max") { Some(fields.needed(name)?) } else { fields.get(name) };
        if let Some(node) = node {
            let (value, number) = number(node, name, whole)?;
            *slot = Some((node, value));
            out.insert(name.to_owned(), number.into());
        }
    }
    let [Some((_, min)), Some((max_node, max)), step, guess] = numbers else { return Ok(()) };
    if min >= max {
        return Err(max_node.wrong(format!("max is {max}, and not above min, which is {min}")));
    }
    if !(max - min).is_finite() {
        return Err(max_node.wrong("there is no number for the distance from min to max"));
    }
    if let Some(log) = fields.truth("log")? {
        if log && min <= 0.0 {
            return Err(fields.needed("min")?.wrong(format!("a log scale has min above 0, and it is {min}")));
        }
        out.insert("log".to_owned(), log.into());
    }
    if let Some((node, step)) = step
        && (step <= 0.0 || step > (max - min) * (1.0 + STEP_SLACK))
    {
        return Err(node.wrong(format!("step is {step}, and not above 0 and at most {}", max - min)));
    }
    let Some((node, guess)) = guess else { return Ok(()) };
    if guess < min || guess > max {
        return Err(node.wrong(format!("the guess {guess} is not between {min} and {max}")));
    }
    if let Some((_, step)) = step {
        let steps = (guess - min) / step;
        if (steps - steps.round()).abs() > STEP_SLACK * steps.abs().max(1.0) {
            let below = min + steps.floor() * step;
            let above = min + steps.ceil() * step;
            let near = if above > max { below.to_string() } else { format!("{below} and {above}") };
            return Err(node.wrong(format!("the guess {guess} is between two steps; near it are {near}")));
        }
    }
    Ok(())
}

/// A number, as it is and as JSON.
fn number(node: &Node, name: &str, whole: bool) -> Result<(f64, Number), Mistake> {
    let wrong = |shown: &str| node.wrong(format!("{name} is {shown}, and no number"));
    let text = match node.word() {
        Some((text, true)) => text,
        Some((text, false)) => return Err(wrong(&format!("the text {text:?}"))),
        None => return Err(wrong("a list or a map")),
    };
    let number = match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Number(number)) => Some(number),
        _ => text.parse().ok().and_then(Number::from_f64),
    };
    let (number, value) =
        number.and_then(|number| Some((number.clone(), number.as_f64()?))).ok_or_else(|| wrong(text))?;
    match (whole, number.as_i64()) {
        (true, None) if value.fract() == 0.0 && value.abs() <= MOST_WHOLE => Ok((value, (value as i64).into())),
        (true, None) => Err(node.wrong(format!("{name} is {text}, and an int has whole numbers within ±2^53"))),
        _ => Ok((value, number)),
    }
}

/// Beyond this not each whole number is a number of its own as doubles have them.
const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

fn word<'a>(node: &'a Node, what: &str) -> Result<&'a str, Mistake> {
    match node.word() {
        Some((text, _)) if text.contains('\0') => {
            Err(node.wrong(format!("{what} has a null character, which no program can be given")))
        }
        Some((text, _)) => Ok(text),
        None => Err(node.wrong(format!("{what} is neither a word nor a number"))),
    }
}
