//! The page's entry point. Natively there is nothing here yet.

fn main() {}

#[cfg(target_arch = "wasm32")]
mod page {
    //! What the page's scripts can call.
    use wasm_bindgen::prelude::wasm_bindgen;

    /// The version of this build.
    #[wasm_bindgen]
    #[expect(unreachable_pub, reason = "JavaScript reaches it")]
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }
}
