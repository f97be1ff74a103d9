//! Both languages have every key, with the same variables, and every key the code names exists.

use super::*;

#[test]
fn lists_of_servers_read_as_the_language_writes_them() {
    let en = Texts::new(Language::En);
    assert_eq!(en.sids(&[Sid(1)]), "S1");
    assert_eq!(en.sids(&[Sid(1), Sid(3), Sid(4)]), "S1, S3 and S4");
}
