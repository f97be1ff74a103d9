//! The page's entry point.

fn main() {
    zabscope::ui::start();
}
