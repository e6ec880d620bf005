//! What panics of this thread say, for tests that make some.

use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Hears the panics of this thread from now on; those of other tests go where
/// they went, because the hook is the whole program's.
pub(super) fn listen() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let heard = HEARD
                .with_borrow_mut(|heard| heard.as_mut().map(|text| *text += &format!("{info} {info:?}")).is_some());
            if !heard {
                others(info);
            }
        }));
    });
    HEARD.set(Some(String::new()));
}

/// All that was heard since.
pub(super) fn heard() -> String {
    HEARD.with_borrow_mut(|heard| heard.as_mut().map(std::mem::take).unwrap_or_default())
}
