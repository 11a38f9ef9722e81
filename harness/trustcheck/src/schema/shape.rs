//! What a mapping is made of, and how that is told as JSON Schema.

use serde_json::{Map, Value, json};

/// A mapping that readers take keys from.
#[derive(Debug)]
pub(super) struct Shape {
    /// What readers call it in messages.
    pub(super) what: &'static str,
    /// Its name among the schema's definitions.
    pub(super) name: &'static str,
    about: &'static str,
    keys: Vec<Key>,
    /// Groups of keys of which exactly one is there.
    one_of: Vec<&'static str>,
    needs: Vec<(&'static str, &'static str)>,
    is_never_empty: bool,
}

#[derive(Debug)]
struct Key {
    name: &'static str,
    about: &'static str,
    form: Form,
    is_needed: bool,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// Any scalar, taken as it is written.
    Text,
    /// A scalar that is not empty.
    SomeText,
    /// A whole number, and the smallest and largest that make sense.
    Whole(i64, i64),
    /// `true` or `false`.
    Truth,
    /// `90s`, `2m`, `1h`, `500ms`.
    Duration,
    /// One of these words.
    Word(Vec<String>),
    /// A list.
    List(Box<Form>),
    /// A list that is not empty.
    SomeList(Box<Form>),
    /// One, or a list of them.
    OneOrMany(Box<Form>),
    /// Names of the user's choice, each with a value: a pattern of names, and the form of the values.
    Named(&'static str, Box<Form>),
    /// The mapping that readers call so.
    Part(&'static str),
    /// One of several forms.
    Either(Vec<Form>),
    /// Nothing at all.
    Nothing,
    /// A mapping whose form is not told here.
    Mapping,
    /// Whatever YAML can say.
    Anything,
}

/// How forms are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Whether `$[[ … ]]` may stand for a value.
    pub(super) expressions: bool,
}

/// One of these words.
pub(super) fn word<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Form {
    Form::Word(words.into_iter().map(Into::into).collect())
}

/// One of the words of a reader's table of choices.
pub(super) fn choice<T>(choices: &[(&str, T)]) -> Form {
    word(choices.iter().map(|(word, _)| *word))
}

/// One, or a list of them.
pub(super) fn one_or_many(form: Form) -> Form {
    Form::OneOrMany(Box::new(form))
}

/// A list.
pub(super) fn list(form: Form) -> Form {
    Form::List(Box::new(form))
}

/// Names of any kind, each with a value.
pub(super) fn named(form: Form) -> Form {
    Form::Named("", Box::new(form))
}

impl Shape {
    /// A mapping that readers call `what`, named `name` in the schema, which `about` tells of.
    pub(super) fn new(what: &'static str, name: &'static str, about: &'static str) -> Shape {
        Shape {
            what,
            name,
            about,
            keys: Vec::new(),
            one_of: Vec::new(),
            needs: Vec::new(),
            is_never_empty: false,
        }
    }

    /// With a key that may be there.
    pub(super) fn may(mut self, name: &'static str, form: Form, about: &'static str) -> Shape {
        self.keys.push(Key {
            name,
            about,
            form,
            is_needed: false,
        });
        self
    }

    /// With a key that has to be there.
    pub(super) fn must(self, name: &'static str, form: Form, about: &'static str) -> Shape {
        let mut shape = self.may(name, form, about);
        if let Some(key) = shape.keys.last_mut() {
            key.is_needed = true;
        }
        shape
    }

    /// With exactly one of these keys.
    pub(super) fn one_of(mut self, keys: impl IntoIterator<Item = &'static str>) -> Shape {
        self.one_of = keys.into_iter().collect();
        self
    }

    /// With `other` where there is `key`.
    pub(super) fn where_there(mut self, key: &'static str, other: &'static str) -> Shape {
        self.needs.push((key, other));
        self
    }

    /// With some key at least.
    pub(super) fn never_empty(mut self) -> Shape {
        self.is_never_empty = true;
        self
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known.name == key)
    }

    /// The mappings that its values may be.
    pub(super) fn parts(&self) -> Vec<&'static str> {
        let mut parts = Vec::new();
        for key in &self.keys {
            key.form.add_parts(&mut parts);
        }
        parts
    }

    pub(super) fn describe(&self, style: Style) -> Value {
        let mut schema = Map::new();
        schema.insert("description".into(), self.about.into());
        schema.insert("type".into(), "object".into());
        let properties: Map<String, Value> = self
            .keys
            .iter()
            .map(|key| {
                let mut value = key.form.describe(style);
                if let Value::Object(value) = &mut value {
                    // in front, where people look for it
                    value.shift_insert(0, "description".into(), key.about.into());
                }
                (key.name.to_owned(), value)
            })
            .collect();
        schema.insert("properties".into(), properties.into());
        schema.insert("additionalProperties".into(), false.into());
        let needed: Vec<&str> = self
            .keys
            .iter()
            .filter(|key| key.is_needed)
            .map(|key| key.name)
            .collect();
        if !needed.is_empty() {
            schema.insert("required".into(), needed.into());
        }
        if !self.one_of.is_empty() {
            let each = self.one_of.iter().map(|key| json!({ "required": [key] }));
            schema.insert("oneOf".into(), each.collect());
        }
        if !self.needs.is_empty() {
            let needs: Map<String, Value> = self
                .needs
                .iter()
                .map(|&(key, other)| (key.to_owned(), json!([other])))
                .collect();
            schema.insert("dependentRequired".into(), needs.into());
        }
        if self.is_never_empty {
            schema.insert("minProperties".into(), 1.into());
        }
        schema.into()
    }
}

/// How `$[[ matrix.name ]]` begins, in patterns.
const EXPRESSION: &str = r"\$\[\[";

impl Form {
    /// The form with another beside it.
    pub(super) fn or(self, other: Form) -> Form {
        match self {
            Form::Either(mut forms) => {
                forms.push(other);
                Form::Either(forms)
            }
            form => Form::Either(vec![form, other]),
        }
    }

    fn add_parts(&self, parts: &mut Vec<&'static str>) {
        match self {
            Form::Part(what) => parts.push(what),
            Form::List(form) | Form::SomeList(form) | Form::OneOrMany(form) | Form::Named(_, form) => {
                form.add_parts(parts);
            }
            Form::Either(forms) => forms.iter().for_each(|form| form.add_parts(parts)),
            _ => {}
        }
    }

    fn describe(&self, style: Style) -> Value {
        let mut forms = Vec::new();
        self.add(style, &mut forms);
        // What takes a text takes an expression anyhow.
        let takes_expressions = |form: &Value| holds_text(form) || *form == json!({});
        if style.expressions && !forms.iter().any(takes_expressions) {
            forms.push(json!({ "$ref": "#/$defs/expression" }));
        }
        match <[Value; 1]>::try_from(forms) {
            Ok([form]) => form,
            Err(forms) => json!({ "anyOf": forms }),
        }
    }

    fn add(&self, style: Style, forms: &mut Vec<Value>) {
        // YAML has a type for an unquoted scalar; readers take it as it is written.
        let scalar = json!(["string", "number", "boolean"]);
        match self {
            Form::Text => forms.push(json!({ "type": scalar })),
            Form::SomeText => forms.push(json!({ "type": scalar, "minLength": 1 })),
            Form::Whole(least, most) => {
                let mut form = json!({ "type": ["integer", "string"], "minimum": least });
                if *most != i64::MAX {
                    form["maximum"] = (*most).into();
                }
                form["pattern"] = style.pattern("[+-]?[0-9]+").into();
                forms.push(form);
            }
            Form::Truth => {
                forms
                    .push(json!({ "type": ["boolean", "string"], "pattern": style.pattern("(true|false)") }));
            }
            Form::Duration => {
                let pattern = style.pattern("[0-9]*[1-9][0-9]*(ms|s|m|h)");
                forms.push(json!({ "type": "string", "pattern": pattern, "examples": ["90s", "2m", "1h"] }));
            }
            Form::Word(words) => forms.push(json!({ "enum": words })),
            Form::List(form) => forms.push(json!({ "type": "array", "items": form.describe(style) })),
            Form::SomeList(form) => {
                forms.push(json!({ "type": "array", "items": form.describe(style), "minItems": 1 }));
            }
            Form::OneOrMany(form) => {
                form.add(style, forms);
                forms.push(json!({ "type": "array", "items": form.describe(style) }));
            }
            Form::Named("", form) => {
                forms.push(json!({ "type": "object", "additionalProperties": form.describe(style) }));
            }
            Form::Named(pattern, form) => {
                let mut patterns = Map::new();
                patterns.insert(style.pattern(pattern), form.describe(style));
                forms.push(
                    json!({ "type": "object", "patternProperties": patterns, "additionalProperties": false }),
                );
            }
            Form::Part(what) => {
                let name = super::SHAPES.get(what).map_or(*what, |shape| shape.name);
                forms.push(json!({ "$ref": format!("#/$defs/{name}") }));
            }
            Form::Either(either) => either.iter().for_each(|form| form.add(style, forms)),
            Form::Nothing => forms.push(json!({ "type": "null" })),
            Form::Mapping => forms.push(json!({ "type": "object" })),
            Form::Anything => forms.push(json!({})),
        }
    }
}

fn holds_text(form: &Value) -> bool {
    match form.get("type") {
        Some(Value::Array(types)) => types.contains(&"string".into()),
        Some(one) => one == "string",
        None => false,
    }
}

impl Style {
    /// The whole of a text, or one that has an expression where those are allowed.
    fn pattern(self, whole: &str) -> String {
        if self.expressions {
            format!("^{whole}$|{EXPRESSION}")
        } else {
            format!("^{whole}$")
        }
    }
}
