# English. Present tense, subject first, at most 15 words; "you" for the reader's acts.
# $who is a list of servers, $count how many they are.

## The page

starting-page = Starting five servers
stage = Stage
scoreboard = Scoreboard
details = Details
panel-servers = Servers
panel-events = Events
panel-promises = Promises
views = Views
view-stage = Stage
view-space = Space–time
space-time = Space–time diagram
space-help = Time runs right; every server and client has a lane. Arrow keys walk through what was decided, plus and minus zoom, Enter goes there.
space-closer = Show less time
space-farther = Show more time
space-heartbeats = Heartbeats
space-follow = Back to now
space-hide = Hide the lane of { $who }
space-show-all = Show { $count } hidden
space-left-out = { $count } messages left out: show less time
space-go = Go there
why = Why?
why-state = Why is { $who } in this state?
why-vote = Why this vote of { $who }?
why-client = Why is it so?
why-at = What led to it, seen at { $clock } s
why-cut = Earlier reasons are not known.
why-none = Choose a server or a client and ask why; the answer goes back to the act that began it.
why-no-answer = Nothing is known that led to this.
servers-group = Servers
act = Act
tools = Tools
time = Time
speed = Speed
auto = Auto
play = Play
pause-time = Pause
step-back = Back one event
step-forward = Next event
open-config = zoo.cfg
help = Keyboard map
more = More
close = Close
theme-to-dark = Dark colours
theme-to-light = Light colours
drop-here = Drop zoo.cfg here
nothing-to-undo = There is nothing to undo.
undo = Undo
undo-hint = Take back your last act (Z)
heal-all-hint = Mend all links, let all paused servers go on (H)

tool-select = Select
tool-select-hint = Click a server, a link or a message
tool-kill = Kill
tool-kill-hint = Click a server to kill its process, or to start it again
tool-plug = Pull plug
tool-plug-hint = Click a server to cut its power: nobody is told
tool-restart = Restart
tool-restart-hint = Click a server that is down to start it
tool-pause = Pause
tool-pause-hint = Click a server to freeze its process, or to let it go on
tool-cut = Cut link
tool-cut-hint = Drag across links, or click two servers
tool-partition = Partition
tool-partition-hint = Draw a loop around servers, or click one
typed-link = Cut a link: type or click two servers. Esc leaves.
typed-link-from = Cut the link from S{ $sid } to …
typed-side = Cut off servers: type their numbers, then Enter. Esc leaves.
typed-side-with = Cut off { $who }: Enter


help-heading = Keyboard map
help-about = Without a selection, a key for one server means the leader.
help-key = Key
help-does = What it does
help-switch = Single-letter keys work
key-select = Select a server
key-ring = Go round the ring, when a server has the focus
key-deselect = Leave: what is being typed, the selection, the tool
key-menu = Open the menu of a server
key-kill = Kill a server, or start it again
key-plug = Pull the plug of a server
key-pause = Pause a server, or let it go on
key-cut = Cut the link between two servers
key-partition = Cut servers off from the others
key-heal = Heal everything
key-undo = Undo your last act
key-play = Play or pause
key-step = Next event, back one event
key-speed = Slower, faster
key-auto = Let the speed follow what happens
key-ends = To the beginning, to the end
key-view = Stage or space–time
key-why = Why the selected, or the leader, is as it is
key-help = This list

config-heading = Start a cluster from zoo.cfg
more-tools = More tools
moment = Moment of the run
legend-heading = What moves
all-servers = All servers
larger-wins = larger wins, left to right
agrees = agrees
short-isolate = Cut off
events-none = Nothing has happened yet.
refused-same = A link needs two different servers.
refused-cut = This link is cut already.
refused-side = A partition needs servers on both sides.
refused-server = There is no server { $who }.
refused-fault = There is no fault number { $id }.
refused-message = This message is no longer under way.
refused-held = This message is held up already.
refused-client = Client { $clients } cannot do that now.
refused-clients = No more than { $limit } clients can be added.
refused-many = No more than { $limit } faults can stand at once.
config-about = Paste or edit the text, or drop a file. The running cluster goes on until you start the new one.
config-text = Text of zoo.cfg
config-choose = Choose a file
config-keep = Keep the running cluster
config-start = Start this cluster
config-valid = Valid: { $servers ->
    [one] 1 server
   *[other] { $servers } servers
}{ $warnings ->
    [0] .
    [one] , 1 warning.
   *[other] , { $warnings } warnings.
}
config-invalid = { $errors ->
    [one] 1 error
   *[other] { $errors } errors
}: the running cluster stays as it is.
config-error = Error:
config-warning = Warning:
config-whole = whole file
config-place = line { $line }, column { $column }
config-too-large = This file is larger than 64 MB. A zoo.cfg has a few lines.

## What is wrong with a zoo.cfg
# One entry for each problem of the reader, in the words of its own table; a test compares them.
# What ZooKeeper itself says follows in its own words and is not translated.

problem-zoo-cfg-too-long = this text has { $bytes } bytes; at most { $limit } are read
problem-zoo-cfg-not-text = this is not a text file: it contains the character { $code }
problem-zoo-cfg-malformed-escape = \u must be followed by four hexadecimal digits
problem-zoo-cfg-byte-order-mark = the text begins with an invisible byte order mark, which becomes part of the first key
problem-zoo-cfg-repeated = { $key } is given again: this one counts, the one on line { $earlier } is ignored
problem-zoo-cfg-unknown-key = { $key } is not a key this build knows; ZooKeeper makes it the system property zookeeper.{ $key }
problem-zoo-cfg-misspelt-key = { $key } is not a key, so it has no effect; did you mean { $meant }?
problem-zoo-cfg-not-a-number = { $key } needs a whole number, not "{ $value }"
problem-zoo-cfg-not-a-boolean = { $key } must be true or false, not "{ $value }"
problem-zoo-cfg-falls-back = "{ $value }" is no value for { $key }; ZooKeeper silently uses { $default }
problem-zoo-cfg-raised = { $key } is { $value }, but { $least } is the least and is used
problem-zoo-cfg-port-out-of-range = { $port } is no port: ports go from 0 to 65535
problem-zoo-cfg-unrecognised-role = a server is a participant or an observer, not "{ $role }"
problem-zoo-cfg-removed-election-alg = electionAlg { $value } does not exist any more; 3, Fast Leader Election, does
problem-zoo-cfg-unknown-election-alg = this build has no election algorithm "{ $value }"; it has { $known }
problem-zoo-cfg-wrong-form = a server is written host:quorumPort:electionPort, with :role and ;clientPort where wanted; this is "{ $value }"
problem-zoo-cfg-address-unresolved = the port of { $host } must be a number, not "{ $port }"
problem-zoo-cfg-same-ports = server { $sid } cannot use port { $port } both for its quorum and for elections
problem-zoo-cfg-multi-address-disabled = server { $sid } has several addresses; that needs multiAddress.enabled=true
problem-zoo-cfg-roles-differ = all addresses of a server must have one role, but this one says { $role }
problem-zoo-cfg-bracket-open = { $text } opens a bracket that is never closed
problem-zoo-cfg-no-port-after-colon = { $text } ends where its port should be
problem-zoo-cfg-in-several-groups = server { $sid } may be in one group only
problem-zoo-cfg-in-no-group = with groups or weights every participant must be in a group, server { $sid } is in none
problem-zoo-cfg-stranger-without-weight = group { $group } lists { $sid }, which is no participant and has no weight.{ $sid }
problem-zoo-cfg-belongs-in-dynamic-file = { $key } must stand in the file named by dynamicConfigFile
problem-zoo-cfg-unrecognised-parameter = a dynamic file holds only server, group and weight lines, not { $key }
problem-zoo-cfg-version-inside = the version belongs in the name of a dynamic file, not in it
problem-zoo-cfg-dynamic-file-elsewhere = the servers are in { $path }, which is not here: paste its lines in place of dynamicConfigFile
problem-zoo-cfg-not-set = { $key } is missing
problem-zoo-cfg-assumed = { $key } is missing, so ZooKeeper would not start; here { $value } is used
problem-zoo-cfg-address-without-port = { $address } needs { $port }
problem-zoo-cfg-session-limits-cross = the least session timeout, { $min } ms, is larger than the largest, { $max } ms
problem-zoo-cfg-nobody-votes = without standaloneEnabled at least one server must be a participant
problem-zoo-cfg-observers-without-participants = all servers are observers, so nobody votes
problem-zoo-cfg-observers-without-quorum = a single participant runs standalone, where nobody can observe; set standaloneEnabled=false
problem-zoo-cfg-client-address-differs = server { $sid } has two client addresses: { $own } of clientPort and { $listed } of its server line
problem-zoo-cfg-secure-address-differs = server { $sid } has two secure client addresses: { $own } of secureClientPort and { $listed } of its server line
problem-zoo-cfg-myid-missing = a server of an ensemble needs a myid file
problem-zoo-cfg-myid-not-a-number = the myid file must hold a number, not "{ $text }"
problem-zoo-cfg-myid-not-listed = there is no server.{ $sid }, so the server of that id does not start
problem-zoo-cfg-peer-type-differs = peerType disagrees with the server list; the list counts: { $listed }
problem-zoo-cfg-one-server = a single participant: ZooKeeper would run standalone, without elections
problem-zoo-cfg-no-failure-tolerated = no server may fail; that takes at least 3 participants
problem-zoo-cfg-even-number = { $count } participants tolerate no more failures than one less would
problem-zoo-cfg-no-servers = there is no server line; ZooKeeper would run standalone, an ensemble needs server.1=host:2888:3888
problem-zoo-cfg-too-many-servers = { $count } servers are too many: at most { $limit } run here
problem-zoo-cfg-out-of-range = { $key } must be between { $least } and { $most } here, not { $value }
problem-zoo-cfg-client-port-overruled = clientPort disagrees with the line of server { $sid }, whose { $listed } is used

# What can be wrong with JSON, and with a scenario beyond that.
at-place = { $place }: { $what }
api-not-a-command = not a command: { $why }
api-not-a-scenario = not a scenario: { $why }
api-not-a-zoo-cfg = not a zoo.cfg: { $why }
problem-json-too-long = this text has { $bytes } bytes; at most { $limit } are read
problem-json-too-deep = lists and objects are nested more than { $limit } deep
problem-json-ends-early = the text ends in the middle
problem-json-no-value = a value is expected here: a text in quotes, a number, true, false, null, a list or an object
problem-json-no-name = the name of a field is expected here, in quotes
problem-json-no-mark = { $expected } is expected here
problem-json-rest = there is more text after the end
problem-json-control = a text in quotes must end on its line; write \n for a new line
problem-json-escape = this is no escape that JSON has
problem-json-number = this is no number as JSON writes them
problem-json-unknown-field = there is no field "{ $field }" here; there are { $known }
problem-json-misspelt-field = there is no field "{ $field }" here; did you mean "{ $meant }"?
problem-json-missing-field = the field "{ $field }" is missing
problem-json-twice = the field "{ $field }" is given twice
problem-json-not-an-object = this must be an object: fields in braces
problem-json-not-a-list = this must be a list in brackets
problem-json-not-a-text = this must be a text in quotes
problem-json-not-a-truth = this must be true or false
problem-json-not-whole = this must be a whole number
problem-json-not-hex = this must be a number such as "0x60000003c"
problem-json-out-of-range = this must be from { $least } to { $most }, not { $value }
problem-json-unknown-name = "{ $name }" is not known here; there are { $known }
problem-json-misspelt-name = "{ $name }" is not known here; did you mean "{ $meant }"?
problem-scenario-version = scenario version { $given } is not known; this build reads version { $known }
problem-scenario-unknown-server = there is no server { $sid } in zooCfg
problem-scenario-started-twice = server { $sid } is started twice
problem-scenario-two-clocks = server { $sid } has a clock already
problem-scenario-too-late = this is after the scenario's horizon, { $horizon } ms
problem-scenario-two-disks = server { $sid } has a disk already
problem-scenario-not-a-disk = no server has such a disk: the last zxid must be of an epoch up to { $epoch }, and not the first of its epoch
problem-scenario-unknown-client = there is no client { $id }: { $count } are given or added, numbered from 0
problem-scenario-not-a-path = this is no path of a znode: { $fault }

## Words

server = S{ $sid }
client-number = client { $id }
list-separator = {", "}
list-and = { $rest } and { $last }
nobody = nobody
nothing = —
epoch = epoch
itself = itself
seconds = { $value } s

## Server states

state-leading = Leader
state-leader-elect = Leader-elect
state-following = Follower
state-syncing = Syncing
state-looking = Looking
state-observing = Observer
state-stale = Stale leader
state-without-quorum = No quorum
state-down = Down
state-unplugged = No power
state-starting = Starting
state-paused = Paused

label-epoch = { $state } · e{ $epoch }
label-looking = { $state } → { $for }
label-paused = { $state } · paused

no-leader = No leader
chip-partition = You cut off { $who }
heal = Heal

## Legend

legend-heartbeat = heartbeat
legend-heartbeat-reply = heartbeat reply
legend-ballot = ballot for S4
legend-handshake = connection set-up
legend-discovery = epoch handshake
legend-sync = log sync
legend-ack = acknowledged
legend-proposal = proposal
legend-commit = commit
legend-request = client request
legend-reply = reply to client
legend-connect = client connects
legend-lost = lost

## What you do

say-killed = You killed { $who }. Its connections close.
say-unplugged = You pulled the plug of { $who }. Nobody is told.
say-restarted = You restarted { $who }. It reads its disk and looks for a leader.
say-paused = You paused { $who }. Its connections stay open, and nothing moves.
say-resumed = You resumed { $who }. It does not know that time has passed.
say-cut = You cut the link S{ $from }–S{ $to }.
say-cut-one-way = You cut the way from S{ $from } to S{ $to }. The way back works.
say-partitioned = You cut { $who } off from the others.
say-went-wrong = You let something go wrong.
say-terminated = You asked { $who } to end its process.
say-halted = { $who } { $count ->
    [one] has
   *[other] have
} shut down.
say-lost-power = You cut the power of { $who }. Its last writes are lost.
say-slow-disk = You made the disk of { $who } { $ms } ms slower.
say-stalled-disk = You stalled the disk of { $who }.
say-disk-well = The disk of { $who } works as before.
say-wiped = You wiped the disk of { $who }.
say-drifts = You let the clock of { $who } run { $ppm } ppm faster.
say-drifts-no-more = The clock of { $who } keeps its own time again.
say-slowed = You made S{ $from }–S{ $to } { $ms } ms slower.
say-lossy = You let S{ $from }–S{ $to } lose { $permille } packets in 1000.
say-delayed = You delayed a message by { $ms } ms.
say-dropped = You dropped a message.
say-mended = You mended S{ $from }–S{ $to }.
say-healed = You healed the network.
say-healed-all = You healed everything.

why-killed = The operating system closes its sockets, so the others notice at once.
why-terminated = SIGTERM: the virtual machine shuts down in order, then its sockets close.
why-lost-power = Only what fsync had reported is certain to be on the disk.
why-stalled-disk = It answers heartbeats and acknowledges nothing that it must write first.
why-wiped = It will come back with no epoch and no history, as a new machine.
why-drifts = Every deadline it sets is a span on its own clock.
why-lossy = TCP sends again after 200 ms, then 400, then 800: lost packets are late ones.
why-dropped = TCP sends it again, and what follows it has to wait.
why-unplugged = No packet says goodbye: the others notice only by their timers.
why-paused = As in a long garbage collection. The others' timers go on.
why-partitioned = Packets between the two sides are dropped in silence.

## Processes and wires

say-booted = { $who } { $count ->
    [one] has
   *[other] have
} started.
say-exits = { $who } ends its process: { $reason }.
say-state = { $who } { $count ->
    [one] is
   *[other] are
} { $state }.
say-phase = { $who } { $count ->
    [one] enters
   *[other] enter
} { $phase }.
say-malformed = { $who } drops a message from S{ $from }: { $reason }.
say-malformed-unknown = { $who } drops a message: { $reason }.
say-config-unreadable = { $who } cannot read the configuration S{ $from } sent, and uses the rest.
say-something = { $who } has something to say.

exit-epoch-files = the epoch files contradict the log
exit-not-in-list = its id is not in the server list
exit-no-snapshot = there is a log, but no snapshot it could belong to
exit-commit-mismatch = the leader commits another transaction than the one that waits
exit-truncate-failed = the log could not be cut back
exit-log-gap = a transaction is missing between two that were applied
malformed-too-short = { $value } bytes are too few
malformed-truncated = it ends after { $value } bytes
malformed-config = a configuration of { $value } bytes does not fit
malformed-config-text = its configuration cannot be read
malformed-state = there is no state { $value }
malformed-frame = a length of { $value } is out of range
malformed-handshake = not a handshake
malformed-unexpected = it does not belong here

## Losing a leader

say-lost-leader = { $who } { $count ->
    [one] lost its leader
   *[other] lost their leader
}.
say-leader-silent = { $who } heard nothing from S{ $leader } for { $limit } s and { $count ->
    [one] starts
   *[other] start
} looking.
say-leader-unreachable = { $who } cannot reach S{ $leader } and { $count ->
    [one] looks
   *[other] look
} again.
say-epoch-too-old = { $who } { $count ->
    [one] leaves
   *[other] leave
} S{ $leader }: its epoch is too old.
say-illegal-packet = { $who } { $count ->
    [one] leaves
   *[other] leave
} S{ $leader }: it sent what it must not.
say-leader-unknown = { $who } cannot follow S{ $leader }: it is not in the server list.
say-steps-down = { $who } no longer hears from a quorum. It steps down.
say-no-epoch-quorum = { $who } gives up leading: too few servers came for its epoch.
say-no-ack-quorum = { $who } gives up leading: too few servers accepted its epoch.
say-no-newleader-quorum = { $who } gives up leading: too few servers confirmed it.

why-lost-leader = The connection to S{ $leader } closed. Each server notices for itself.
why-leader-silent = syncLimit × tickTime without a word: a follower cannot tell slow from dead.
why-steps-down = A leader counts its followers at every tick.

## The election

say-votes-for-itself = { $who } { $count ->
    [one] votes for itself
   *[other] vote for themselves
}, round { $round }.
say-looks-without-vote = { $who } { $count ->
    [one] looks
   *[other] look
} for a leader without a vote, round { $round }.
say-switch-id = { $who } { $count ->
    [one] changes its vote
   *[other] change their vote
} to S{ $for }: same zxid, larger id.
say-switch-zxid = { $who } { $count ->
    [one] changes its vote
   *[other] change their vote
} to S{ $for }: same epoch, larger zxid.
say-switch-epoch = { $who } { $count ->
    [one] changes its vote
   *[other] change their vote
} to S{ $for }: larger epoch.
say-keeps-vote = { $who } { $count ->
    [one] keeps its vote
   *[other] keep their vote
} for S{ $mine }: S{ $theirs } is not larger.
say-keeps-vote-weight = { $who } { $count ->
    [one] keeps its vote
   *[other] keep their vote
} for S{ $mine }: S{ $theirs } has no weight.
say-joins-round = { $who } { $count ->
    [one] joins
   *[other] join
} round { $new } and { $count ->
    [one] forgets
   *[other] forget
} round { $old }.
say-answers-stale = { $who } { $count ->
    [one] tells
   *[other] tell
} S{ $to } that round { $theirs } is over: this is round { $mine }.
say-answers-looking = { $who } { $count ->
    [one] tells
   *[other] tell
} S{ $to } that S{ $leader } leads.
say-quorum-seen = { $who } { $count ->
    [one] sees
   *[other] see
} a quorum for S{ $leader } and { $count ->
    [one] waits
   *[other] wait
} 200 ms.
say-interrupted = { $who } { $count ->
    [one] hears
   *[other] hear
} a larger ballot in time: S{ $leader }, from S{ $from }.
say-ignores = { $who } { $count ->
    [one] ignores
   *[other] ignore
} a ballot from S{ $from }: { $reason }.
say-resends = { $who } { $count ->
    [one] hears nothing and sends its ballot
   *[other] hear nothing and send their ballots
} again; next wait { $wait } ms.
say-reconnects = { $who } { $count ->
    [one] hears nothing and tries its
   *[other] hear nothing and try their
} connections; next wait { $wait } ms.
say-elected = { $who } has a quorum of votes.
say-elected-oracle = { $who } { $count ->
    [one] asks
   *[other] ask
} the oracle: S{ $leader } shall lead.
say-agrees = { $who } { $count ->
    [one] turns
   *[other] turn
} to S{ $leader }: a quorum agrees.
say-joins-leader = { $who } { $count ->
    [one] turns
   *[other] turn
} to S{ $leader }: a quorum follows it already.
say-challenge-lost = { $who } { $count ->
    [one] hangs
   *[other] hang
} up: S{ $to } has the larger id and calls back.
say-evicted = { $who } { $count ->
    [one] replaces
   *[other] replace
} an unsent ballot to S{ $to } with a newer one.

why-ballot = A ballot is (epoch, zxid, id). The larger one wins, compared left to right.
why-round = Ballots count only within one round of the election.
why-finalize = A larger ballot may still be on its way.

ignored-not-a-voter = it may not vote
ignored-untrusted = its database is not trusted
ignored-mine-untrusted = my own database is not trusted
ignored-stale-round = an earlier round
ignored-observing = observers do not count
ignored-within-wait = not larger
ignored-unconfirmed = that leader is not confirmed
ignored-weight-unknown = its leader has no known weight

## Leader and learners

say-connect-failed = { $who } cannot reach S{ $leader }, attempt { $attempt }.
say-connect-given-up = { $who } { $count ->
    [one] gives
   *[other] give
} up reaching S{ $leader }.
say-learner-joined = { $who } hears from S{ $sid }: it knows epoch { $epoch }.
say-epoch-proposed = { $who } proposes epoch { $epoch }, larger than any it was told.
say-epoch-accepted = { $who } { $count ->
    [one] accepts
   *[other] accept
} epoch { $epoch } from S{ $leader }.
say-epoch-refused = { $who } { $count ->
    [one] refuses
   *[other] refuse
} epoch { $offered } from S{ $leader }: epoch { $accepted } was accepted before.
say-sync = { $who } brings S{ $to } up to date from { $zxid }: { $mode }.
say-established = { $who } leads epoch { $epoch }: { $acks ->
    [one] 1 server
   *[other] { $acks } servers
} in sync.
say-serves = { $who } serves epoch { $epoch }.
say-follows = { $who } { $count ->
    [one] follows
   *[other] follow
} S{ $leader } in epoch { $epoch }.
say-drops = { $who } drops S{ $sid }: { $reason }.
say-drops-unknown = { $who } drops a learner: { $reason }.
say-counts-enough = { $who } counts at its tick: { $alive } alive, enough.
say-counts-too-few = { $who } counts at its tick: { $alive } alive, too few.

why-epoch = An epoch number is used once: servers refuse a smaller one from then on.
why-accepted = The promise is on disk before the answer is sent.
why-established = A quorum has this epoch on disk. Only now does it lead.

drop-closed = its connection closed
drop-silent = it was silent too long
drop-illegal = it sent what it must not
drop-ahead = its history is ahead
drop-newer-config = its configuration is newer
drop-waited = the wait for a quorum took too long
drop-leader-leaves = the leader steps down

## The sentence under the stage

caption-starting = The servers start.
caption-leads = S{ $leader } leads. { $followers ->
    [0] Nobody follows
    [1] One server follows
    [2] Two servers follow
    [3] Three servers follow
    [4] Four servers follow
    [5] Five servers follow
    [6] Six servers follow
   *[other] { $followers } servers follow
}, { $followers ->
    [1] and answers
   *[other] and answer
} its heartbeat every { $interval ->
    [1] second
   *[other] { $interval } s
}.
caption-leads-why = Real election code is running in this page. Nothing here is a recording.
caption-two-leaders = Two servers believe they lead. Only S{ $leader } can commit: S{ $stale } reaches { $reached } of { $of }.
caption-two-leaders-why = S{ $stale } counts its followers at every tick. Too few for syncLimit, and it steps down.
caption-without-quorum = S{ $leader } leads, but reaches only { $reached } of { $of }. Nothing can be committed.
caption-without-quorum-why = It counts its followers at every tick; the others' timers are running out.

## Scoreboard

score-leads = S{ $leader } leads epoch { $epoch }
score-leads-short = S{ $leader } leads
score-held = for { $seconds } s
score-short-held = epoch { $epoch } · { $seconds } s
score-blind = cut off, and does not know it yet
score-stale = S{ $stale } still thinks it leads epoch { $epoch }
score-stale-short = S{ $stale } is stale
score-no-leader = No leader
score-electing = { $looking } looking · { $seconds } s without a leader
score-electing-short = { $seconds } s · { $looking } looking
score-quorum = Quorum { $have } of { $of }
score-quorum-short = { $have } of { $of }
score-need = need { $need } · can commit
score-need-short = quorum, need { $need }
score-can-commit = can commit
score-no-quorum = No quorum
score-reaches = reaches { $have } of { $of }, needs { $need }
score-reaches-weighted = reaches { $have } of { $of }
score-agree = { $have } of { $of } agree
score-need-for = need { $need } for S{ $for }
score-need-for-short = agree, need { $need }
score-for = for S{ $for }
score-heartbeats = { $have } of { $of } answering
score-heartbeats-short = { $have } of { $of }
score-last-heard = heartbeats · last answer { $seconds } s ago
score-heartbeats-key = heartbeats answered
score-no-heartbeats = No heartbeats
score-no-heartbeats-short = None
score-nobody-leads = nobody leads
score-no-followers = S{ $leader } has no followers yet
score-safe = Safe
score-safe-key = all { $promises } promises hold
score-safe-short = { $promises } promises
score-broken = Promise broken
score-not-so = not so: { $promise }

## Actions

act-kill-leader = Kill the leader
act-restart = Restart { $who }
act-heal = Heal
act-resume = Resume { $who }

verb-kill = Kill the process
verb-restart = Restart
verb-pause = Pause
verb-resume = Resume
verb-inspect = Inspect
verb-unplug = Pull the plug (no goodbye)
verb-isolate = Cut off from everyone

dim-down = { $who } is down
dim-runs = { $who } is already running
dim-paused = { $who } is paused already
dim-not-paused = { $who } is not paused
dim-alone = there is nobody else
dim-isolated = { $who } is cut off already

## Tables

table-server = Server
table-state = State
table-epoch = Epoch
table-votes-for = For
table-zxid = Last zxid
inspect-round = Round { $round } · votes for { $for }
inspect-follows = Follows S{ $leader } · { $phase }
inspect-leads = Leads · { $phase }
inspect-down = The process is gone
inspect-starting = The process starts
inspect-paused = Frozen for { $seconds } s
inspect-ballots = Ballots it holds
inspect-agree = { $have } of { $of } agree with { $who }, need { $need }
inspect-agree-weighted = { $have } of { $of } agree with { $who }
inspect-timers = Timers
inspect-epochs = Epochs and zxid
inspect-accepted-current = Epoch accepted / current
inspect-election-round = Election round
inspect-last-zxid = Last logged
inspect-log = Log
inspect-data = What it holds
inspect-sessions = Sessions
inspect-znodes = Znodes
logs-heading = Logs side by side
logs-filled = filled = committed
log-summary = { $who }: committed up to { $committed }, on disk up to { $logged }
inspect-from = From
inspect-for = For
inspect-id = id

timer-notification = Sends its ballot again
timer-finalize = Waits for a larger ballot (finalizeWait)
timer-handshake = Waits for a handshake
timer-observer-election = Waits before it looks
timer-observer-reconnect = Waits before it dials
timer-connect-retry = Dials its leader again
timer-learner-read = Waits for its leader
timer-leader-wait = Waits for a quorum (initLimit)
timer-leader-tick = Next heartbeat
timer-log-poll = Waits for more to log
timer-session-expiry = Ends sessions nobody heard of
timer-handler-read = Waits for { $who }
timer-handler-wait = Waits with { $who } for a quorum
timer-handler-unknown = Waits for a learner

## The overview

lane-leader = Leader
lane-election = election
lane-reign = S{ $leader } · e{ $epoch }

## Spoken

alt-looking = { $name }, { $state }, epoch { $epoch }, votes for { $for }
alt-following = { $name }, { $state }, epoch { $epoch }, follows { $for }
alt-leading = { $name }, { $state }, epoch { $epoch }
alt-state = { $name }, { $state }
alt-paused = { $name }, Paused, was { $state }
alt-link = Link { $from }–{ $to }
alt-link-cut = Link { $from }–{ $to }, cut
alt-message = { $message } from { $from } to { $to }
alt-time-leader = { $time }, { $leader } leads epoch { $epoch }
alt-time-nobody = { $time }, no leader
say-too-many-connections = { $who } refuses a client: { $most } from one machine are the most.
say-session-expiring = { $who } has not heard of session { $session } in time and proposes its end.
say-proposes = { $who } proposes { $zxid }.
say-logged = { $who } has everything up to { $zxid } on disk.
say-commits = { $who } commits { $zxid }: a quorum has it on disk.
say-applies = { $who } applies { $zxid }.
say-rolled-over = { $who } steps down: the counter of its epoch is used up.
drop-too-many-syncs = too many synchronise already
drop-unacknowledged = it owes the acknowledgement of a proposal for too long
timer-handler-snapshot = serialises a snapshot for { $who }

## Clients

client-served = served
client-waiting = waiting { $seconds } s
client-connecting = connecting
client-reconnecting = reconnecting
client-expired = session expired
client-closed = closed
client-paused = paused
client-killed = killed
clients-group = Clients
panel-clients = Clients
table-client = Client
table-clients = Clients
table-at = Server
table-done = Calls done
say-client-added = You added a client.
say-client-killed = You killed client { $clients }. Its session lives until it expires.
say-client-paused = You paused client { $clients }.
say-client-resumed = You resumed client { $clients }.
say-client-severed = You cut client { $clients } off from S{ $to }.
say-client-cut = You reset the connection of client { $clients }.
say-client-asked-to-close = You let client { $clients } close its session.
say-client-asked = You let client { $clients } ask: { $op }.
say-client-connected = { $count ->
    [one] Client { $clients } has a session
   *[other] Clients { $clients } have sessions
} on S{ $to }.
say-client-back = { $count ->
    [one] Client { $clients } is back, on S{ $to }. Same session.
   *[other] Clients { $clients } are back, on S{ $to }. Same sessions.
}
say-client-lost = { $count ->
    [one] Client { $clients } lost its server.
   *[other] Clients { $clients } lost their servers.
}
say-client-expired = { $count ->
    [one] The session of client { $clients } has expired.
   *[other] The sessions of clients { $clients } have expired.
}
say-client-gave-up = { $count ->
    [one] Client { $clients } gives its session up.
   *[other] Clients { $clients } give their sessions up.
}
say-client-closed = { $count ->
    [one] Client { $clients } closed its session.
   *[other] Clients { $clients } closed their sessions.
}
why-client-killed = A server hears nothing more of it; the leader ends the session when its time is up.
why-client-cut = It tries another server, with the same session.
why-client-back = A session belongs to the ensemble: any server can take it over.
why-client-lost = Its session goes on; what it asked has no answer it can trust.
why-client-expired = No server heard from it within its timeout. Its ephemeral znodes are gone.
score-clients = { $have } of { $of } served
score-clients-short = { $have } of { $of }
score-clients-key = clients served
score-clients-calls = clients · { $calls } calls answered
score-clients-away = { $count } reconnecting
score-clients-expired = { $count ->
    [one] 1 session
   *[other] { $count } sessions
} expired
score-clients-wait = client { $clients } waits { $seconds } s
lane-clients = Clients
alt-client = Client { $name }, { $state }
alt-client-at = Client { $name }, { $state }, at { $server }
alt-client-tries = Client { $name }, { $state }, tries { $server }
alt-time-clients = { $moment }, { $have } of { $of } clients served
inspect-session = Session
inspect-timeout = Timeout
inspect-seen-zxid = Newest zxid seen
inspect-calls-open = Calls without an answer
inspect-calls-done = Calls done
inspect-calls-failed = Calls refused
inspect-calls-unknown = Calls with unknown outcome
verb-write = Write
verb-read = Read
verb-ephemeral = Create ephemeral
verb-cut-client = Cut its link
verb-disconnect = Reset its connection
verb-close = Close its session
verb-kill-client = Kill the process
short-ephemeral = Ephemeral
short-disconnect = Disconnect
short-close = Close
dim-client-down = client { $clients } is killed
dim-client-alone = client { $clients } has no connection
dim-client-paused = client { $clients } is paused
dim-client-over = client { $clients } has no session any more
tool-write = Write
tool-write-hint = Click a client to let it write
key-write = Let a client write

## Promises

promises-note = Each is checked after every single event, whatever the speed.
promise-show = Show
promise-is-kept = Kept:
promise-is-broken = Broken:
promise-first-false = first false at { $at }
promise-leadership = At most one leader is established in an epoch
promise-epochs = A server's epochs never go back
promise-order = All servers apply the same transactions in the same order
promise-integrity = Nothing is applied that no leader proposed
promise-primary-order = A leader's transactions are applied in its order, without gaps
promise-primary-integrity = A new leader holds all that was applied before
promise-kept = What is committed is never lost
promise-epoch-ack = A server accepts an epoch only once
promise-epoch-data = An epoch is on disk only after the data that belongs to it
promise-new-leader-ack = Who acknowledges NEWLEADER has the leader's history on disk
promise-proposal-ack = Who acknowledges a proposal has it on disk
promise-follower-log = A follower's log never contradicts its leader's history
promise-commits = A leader commits in order, and only what a quorum has acknowledged
promise-legal = Nobody receives a packet that its phase does not allow
promise-committed-log = The transactions kept in memory have no hole
promise-quorum-use = Observers and servers without weight decide nothing
promise-votes = Nobody is elected without a quorum of votes
promise-session-table = The same transactions give the same znodes and sessions
promise-ephemerals = No ephemeral znode outlives its session
promise-unique-sessions = No two sessions share an id
promise-recovery = Left undisturbed, all come to serve
promise-departure = Nobody stays in office cut off from those it needs
promise-acknowledged = An acknowledged write is committed and on the disks of a quorum
promise-expiry = A session ends when nothing is heard of it for its timeout, and not before
promise-ephemeral-end = An ephemeral znode goes only with its session or by deletion
promise-session-order = A session's requests are done in its order
promise-monotonic-reads = No session goes back in time, whichever server it asks
promise-own-writes = Reads show what was agreed on, and to a session its own writes
promise-watch-order = A client hears of a change before it sees it, and once
promise-session-moved = A session speaks through one server at a time
promise-offers = Exactly one offer of an election is the first
promise-herd = The end of one offer wakes at most one waiting client
promise-progress = Whoever stays connected is answered
