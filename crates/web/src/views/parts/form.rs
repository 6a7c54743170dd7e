//! Forms: fields with help and errors, the rules that hold back a button, acts that can be done.

use std::fmt::Write as _;

use askama::Template;

use super::Link;

/// Why a field's value cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// What is wrong and what to do.
    pub text: String,
    /// Stable code for the help desk.
    pub code: String,
}

/// One of several possible values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Small print.
    pub hint: String,
    /// Cannot be chosen now; the hint says why.
    pub disabled: bool,
}

impl Choice {
    /// A value and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            ..Self::default()
        }
    }

    /// With small print.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// What kind of control a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text; the HTML input type (`text`, `tel`, `number`, `date`, `password` …).
    Input(&'static str),
    /// Several lines of text.
    Area,
    /// One of few values, all visible.
    Choice(Vec<Choice>),
    /// Any of few values, each sent under its own name, `<field>-<value>`; the field's value lists those ticked,
    /// divided by commas.
    Ticks(Vec<Choice>),
    /// One of many values.
    Select(Vec<Choice>),
    /// A single tick (value `yes`); the placeholder is its sentence.
    Tick,
    /// A file; the accepted types. The placeholder tells kind and size.
    File(&'static str),
    /// Known to the platform, not typed again.
    Fixed,
    /// Sent along, not shown.
    Hidden,
}

impl FieldKind {
    /// Whether several controls share one label.
    pub fn is_group(&self) -> bool {
        matches!(self, Self::Choice(_) | Self::Ticks(_) | Self::Fixed)
    }

    /// Whether nothing of it is seen.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }
}

/// A form field with label, help and error.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    /// Name in the form; also its id on the page.
    pub name: String,
    /// The label.
    pub label: String,
    /// The control.
    pub kind: FieldKind,
    /// What stands in it.
    pub value: String,
    /// Must be filled in.
    pub required: bool,
    /// Say 「选填」 beside the label.
    pub optional_note: bool,
    /// How to fill it in.
    pub help: String,
    /// An example in the empty field, or the words of a tick or file field.
    pub placeholder: String,
    /// Unit behind the control, such as 毫米.
    pub unit: Option<&'static str>,
    /// Further attributes: names are ours, values are escaped on printing.
    pub extra: Vec<(&'static str, String)>,
    /// Takes the remaining width in a filter bar.
    pub grow: bool,
    /// Why the value cannot be taken.
    pub error: Option<FieldError>,
}

impl Field {
    /// A required field.
    pub fn new(name: &str, label: &str, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            required: true,
            optional_note: false,
            help: String::new(),
            placeholder: String::new(),
            unit: None,
            extra: Vec::new(),
            grow: false,
            error: None,
        }
    }

    /// A required line of text.
    pub fn text(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldKind::Input("text"))
    }

    /// Something known that is shown and not asked.
    pub fn fixed(label: &str, value: impl Into<String>) -> Self {
        Self {
            required: false,
            ..Self::new("fixed", label, FieldKind::Fixed).value(value)
        }
    }

    /// A value sent along.
    pub fn hidden(name: &str, value: impl Into<String>) -> Self {
        Self::new(name, "", FieldKind::Hidden).value(value)
    }

    /// With this value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// May be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self.optional_note = true;
        self
    }

    /// With a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// With an example, or the words of a tick or file field.
    #[must_use]
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    /// With a unit behind it.
    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// With a further HTML attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Taking the remaining width.
    #[must_use]
    pub fn growing(mut self) -> Self {
        self.grow = true;
        self
    }

    /// With the reason why its value cannot be taken.
    #[must_use]
    pub fn error(mut self, code: impl Into<String>, text: impl Into<String>) -> Self {
        self.error = Some(FieldError {
            code: code.into(),
            text: text.into(),
        });
        self
    }

    /// Whether a value of a field of ticks is ticked.
    fn has_ticked(&self, value: &str) -> bool {
        self.value.split(',').any(|ticked| ticked == value)
    }

    /// Whether a file field takes photographs.
    fn is_camera(&self) -> bool {
        self.extra.iter().any(|(name, _)| *name == "capture")
    }

    /// The control's attributes, each beginning with a space.
    fn attributes(&self) -> String {
        let mut out = String::new();
        if self.required {
            out.push_str(" required");
        }
        let texty = matches!(self.kind, FieldKind::Input(_) | FieldKind::Area);
        if texty && !self.placeholder.is_empty() {
            push_attribute(&mut out, "placeholder", &self.placeholder);
        }
        for (name, value) in &self.extra {
            push_attribute(&mut out, name, value);
        }
        let mut described = Vec::new();
        if self.error.is_some() {
            out.push_str(" aria-invalid=\"true\"");
            described.push(format!("{}-error", self.name));
        }
        if !self.help.is_empty() {
            described.push(format!("{}-help", self.name));
        }
        if !described.is_empty() {
            push_attribute(&mut out, "aria-describedby", &described.join(" "));
        }
        out
    }
}

/// A condition the guide sets, and whether it is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The condition in the guide's words.
    pub text: String,
    /// Met?
    pub met: bool,
}

/// A button that sends a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Button {
    /// Its words.
    pub label: String,
    /// The main action.
    pub primary: bool,
    /// Cannot be undone, or refuses somebody something.
    pub danger: bool,
    /// Held back by an unmet rule.
    pub held: bool,
    /// Sends the form even when it is incomplete.
    pub skips_checks: bool,
    /// Name and value sent with it.
    pub sends: Option<(String, String)>,
}

impl Button {
    /// The main button of a form.
    pub fn primary(label: &str) -> Self {
        Self {
            label: label.into(),
            primary: true,
            ..Self::default()
        }
    }

    /// Another button, told apart by what it sends.
    pub fn other(label: &str, name: &str, value: &str) -> Self {
        Self {
            label: label.into(),
            sends: Some((name.into(), value.into())),
            ..Self::default()
        }
    }

    /// As a dangerous one.
    #[must_use]
    pub fn dangerous(mut self) -> Self {
        self.danger = true;
        self
    }

    /// Sending this with it.
    #[must_use]
    pub fn sending(mut self, name: &str, value: &str) -> Self {
        self.sends = Some((name.into(), value.into()));
        self
    }
}

/// A form that is sent by POST, with the token that proves it is ours.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/form.html")]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// The session's form token.
    pub csrf: String,
    /// Sentences above the fields.
    pub explanation: Vec<String>,
    /// The fields.
    pub fields: Vec<Field>,
    /// What holds the button back.
    pub rules: Vec<Rule>,
    /// The buttons, the main one first.
    pub buttons: Vec<Button>,
    /// A link beside the buttons.
    pub way_out: Option<Link>,
    /// Carries files.
    pub multipart: bool,
    /// Labels above the controls.
    pub narrow: bool,
    /// Saved while it is being filled in.
    pub autosave: bool,
}

impl Form {
    /// A form with one main button.
    pub fn new(action: impl Into<String>, csrf: impl Into<String>, button: Button) -> Self {
        Self {
            action: action.into(),
            csrf: csrf.into(),
            explanation: Vec::new(),
            fields: Vec::new(),
            rules: Vec::new(),
            buttons: vec![button],
            way_out: None,
            multipart: false,
            narrow: false,
            autosave: false,
        }
    }

    /// With a sentence above the fields.
    #[must_use]
    pub fn explain(mut self, line: impl Into<String>) -> Self {
        self.explanation.push(line.into());
        self
    }

    /// With a field more. A file field makes the form carry files.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.multipart |= matches!(field.kind, FieldKind::File(_));
        self.fields.push(field);
        self
    }

    /// With a rule; an unmet one holds back the main button.
    #[must_use]
    pub fn rule(mut self, text: impl Into<String>, met: bool) -> Self {
        self.rules.push(Rule {
            text: text.into(),
            met,
        });
        if !met && let Some(button) = self.buttons.first_mut() {
            button.held = true;
        }
        self
    }

    /// With a further button.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// Puts back what was typed: `typed` answers the value sent for a field's name. Passwords, files and what is
    /// only sent along stay as they are.
    pub fn refill(&mut self, typed: &dyn Fn(&str) -> Option<String>) {
        for field in &mut self.fields {
            let keeps = matches!(
                field.kind,
                FieldKind::Input("password")
                    | FieldKind::File(_)
                    | FieldKind::Fixed
                    | FieldKind::Hidden
            );
            if !keeps && let Some(value) = typed(&field.name) {
                field.value = value;
            }
        }
    }

    /// With labels above the controls.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }
}

/// Something the reader may do now: a form that opens below its title.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/act.html")]
pub struct Act {
    /// Id on the page.
    pub id: String,
    /// What it does.
    pub title: String,
    /// Icon name.
    pub icon: &'static str,
    /// Cannot be undone, or refuses somebody something.
    pub danger: bool,
    /// Shown open: the expected next act.
    pub open: bool,
    /// Its form.
    pub form: Form,
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_typed_cannot_break_out_of_a_field() {
        let field = Field::text("name", "名称")
            .value("\"><script>alert(1)</script>")
            .placeholder("\" onfocus=\"x")
            .help("<b>");
        let html = field.to_string();
        assert!(!html.contains("<script>"), "{html}");
        assert!(!html.contains("\" onfocus"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn an_unmet_rule_holds_the_main_button_back_and_says_so() {
        let form = Form::new("/x", "t", Button::primary("提交")).rule("须上传红头函", false);
        let html = form.to_string();
        assert!(html.contains("disabled"), "{html}");
        assert!(html.contains("须上传红头函"), "{html}");
        assert!(html.contains("name=\"csrf\" value=\"t\""), "{html}");
    }

    #[test]
    fn an_error_is_tied_to_its_field_for_those_who_hear_it() {
        let html = Field::text("credit_code", "统一社会信用代码")
            .error("credit_code_check", "第 18 位校验不符，请核对是否有误")
            .to_string();
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert!(
            html.contains("aria-describedby=\"credit_code-error\""),
            "{html}"
        );
    }
}
