//! What a password must be.

use crate::policy::Policy;
use crate::refusal::Refusal;

/// Longest password that is looked at: hashing a longer one costs without protecting more.
const MOST: usize = 128;

/// Checks a new password. `known` are the words that others know of this person: account, name, mobile.
///
/// # Errors
/// `password_too_short`, `password_too_long`, `password_too_simple`, `password_guessable`.
pub fn check_password(password: &str, known: &[&str], policy: &Policy) -> Result<(), Refusal> {
    let length = password.chars().count();
    let least = usize::from(policy.password_min_length);
    if length < least {
        return Err(Refusal::new(
            "password_too_short",
            format!("密码至少 {least} 位，请设置更长的密码。"),
        ));
    }
    if length > MOST {
        return Err(Refusal::new(
            "password_too_long",
            format!("密码最多 {MOST} 位，请缩短。"),
        ));
    }
    let kinds = [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if kinds.iter().filter(|kind| **kind).count() < 3 || distinct.len() < 6 {
        return Err(Refusal::new(
            "password_too_simple",
            "密码须含大写字母、小写字母、数字、符号中的三种，且不能总是重复相同的字符，请重新设置。",
        ));
    }
    let lower = password.to_lowercase();
    if known
        .iter()
        .any(|word| word.chars().count() >= 3 && lower.contains(&word.to_lowercase()))
    {
        return Err(Refusal::new(
            "password_guessable",
            "密码不能含有您的账号、姓名或手机号，请重新设置。",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_mixed_and_not_what_everybody_knows() {
        let code = |password: &str| {
            check_password(
                password,
                &["xian-jingban", "林晓梅", "13800001001"],
                &Policy::default(),
            )
            .err()
            .map(|refusal| refusal.code)
        };
        assert_eq!(code("Yinxin-Demo-2026"), None);
        assert_eq!(code("Short-1"), Some("password_too_short"));
        assert_eq!(code(&"Long-1".repeat(30)), Some("password_too_long"));
        assert_eq!(code("only-letters-here"), Some("password_too_simple"));
        assert_eq!(code("Aa1Aa1Aa1Aa1"), Some("password_too_simple"));
        assert_eq!(code("Xian-Jingban-2026"), Some("password_guessable"));
        assert_eq!(code("我是林晓梅Aa-2026x"), Some("password_guessable"));
        assert_eq!(code("Ab-13800001001"), Some("password_guessable"));
    }
}
