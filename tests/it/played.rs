//! A run played as the page plays it: by frames of some length, with commands given on the way.
//!
//! Nothing here is native only: the browser plays the same run and compares with the same file.

use zabscope::base::{Micros, Ppm};
use zabscope::protocol::Sid;
use zabscope::run::{Playback, Run, Speed};
use zabscope::scenario::Scenario;
use zabscope::sim::{Command, Fault};

/// Frames of a fast, a usual and a slow screen, µs.
pub(crate) const FRAMES_US: [u64; 3] = [7_000, 16_700, 66_700];

/// Plays five servers, kills the leader, isolates another server, heals; says where that led.
pub(crate) fn text(frame_us: u64) -> String {
    let mut run = Run::new(Scenario::plain(5), 2_026);
    let acts = [
        (
            4_000,
            Command::Inject {
                fault: Fault::Kill { sid: Sid(5) },
            },
        ),
        (
            9_000,
            Command::Inject {
                fault: Fault::Partition {
                    side: [Sid(1), Sid(4)].into(),
                },
            },
        ),
        (25_000, Command::HealAll),
        (
            26_000,
            Command::Inject {
                fault: Fault::Restart { sid: Sid(5) },
            },
        ),
    ];
    let mut lines = String::new();
    for (at_ms, command) in acts {
        play_to(&mut run, Micros::from_ms(at_ms), frame_us);
        run.dispatch(command).expect("applies");
        lines.push_str(&line(&run));
    }
    play_to(&mut run, Micros::from_ms(32_000), frame_us);
    lines + &line(&run)
}

/// Plays past `at` in whole frames, then goes to the instant itself.
fn play_to(run: &mut Run, at: Micros, frame_us: u64) {
    let mut player = Playback::default();
    (player.playing, player.speed) = (true, Speed::Fixed(Ppm(1_000_000)));
    while run.now() + Micros(frame_us) < at {
        player.frame(run, Micros(frame_us));
    }
    run.advance_to(at);
}

fn line(run: &Run) -> String {
    let (now, steps) = (run.now(), run.steps());
    format!(
        "{steps} steps at {now}: {:016x} {:016x}\n",
        run.stream(),
        run.world().digest()
    )
}
