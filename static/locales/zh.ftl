# 简体中文。与英文同样简短；中文与拉丁字母、数字之间留空格，标点全角，协议常量保留英文。
# $who 是一串服务器，$count 是台数。

## The page

starting-page = 正在启动五台服务器
stage = 舞台
scoreboard = 记分牌
details = 详情
panel-servers = 服务器
panel-events = 事件
panel-promises = 承诺
views = 视图
view-stage = 舞台
view-space = 时空图
space-time = 时空图
space-help = 时间向右流动，每台服务器和客户端各占一行。方向键逐个查看决定，加减号缩放，Enter 跳到那一刻。
space-closer = 显示更短时间
space-farther = 显示更长时间
space-heartbeats = 心跳
space-follow = 回到现在
space-hide = 隐藏 { $who } 的泳道
space-show-all = 显示 { $count } 条隐藏泳道
space-left-out = 省略了 { $count } 条消息：请显示更短时间
space-go = 跳到那里
why = 为什么？
why-state = { $who } 为何处于此状态？
why-vote = { $who } 为何这样投票？
why-client = 为何如此？
why-at = 导致它的原因（{ $clock } 秒时所见）
why-cut = 更早的原因未知。
why-none = 选择一台服务器或一个客户端并询问原因；答案会一直追溯到起因。
why-no-answer = 找不到导致它的原因。
servers-group = 服务器
act = 操作
tools = 工具
time = 时间
speed = 速度
auto = 自动
play = 播放
pause-time = 暂停
step-back = 上一事件
step-forward = 下一事件
open-config = zoo.cfg
help = 键盘说明
more = 更多
close = 关闭
theme-to-dark = 深色
theme-to-light = 浅色
drop-here = 将 zoo.cfg 拖放到此处
nothing-to-undo = 没有可撤销的操作。
undo = 撤销
undo-hint = 撤销上一次操作（Z）
heal-all-hint = 修复所有链路，恢复所有暂停的服务器（H）

tool-select = 选择
tool-select-hint = 点击服务器、链路或消息
tool-kill = 杀掉
tool-kill-hint = 点击服务器：杀掉其进程，或重新启动
tool-plug = 拔电源
tool-plug-hint = 点击服务器：切断电源，谁也不会收到通知
tool-restart = 重启
tool-restart-hint = 点击已停止的服务器将其启动
tool-pause = 暂停
tool-pause-hint = 点击服务器：冻结其进程，或让它继续
tool-cut = 断链
tool-cut-hint = 划过链路，或依次点击两台服务器
tool-partition = 分区
tool-partition-hint = 圈住若干服务器，或点击一台
typed-link = 断开链路：输入或点击两台服务器。Esc 退出。
typed-link-from = 断开 S{ $sid } 到 … 的链路
typed-side = 隔离服务器：输入编号，再按 Enter。Esc 退出。
typed-side-with = 隔离 { $who }：按 Enter


help-heading = 键盘说明
help-about = 没有选中服务器时，单台操作针对领导者。
help-key = 按键
help-does = 作用
help-switch = 启用单字母按键
key-select = 选中一台服务器
key-ring = 焦点在服务器上时，沿环移动
key-deselect = 退出：正在输入的内容、选择、工具
key-menu = 打开服务器的菜单
key-kill = 杀掉一台服务器，或重新启动
key-plug = 拔掉一台服务器的电源
key-pause = 暂停一台服务器，或让它继续
key-cut = 断开两台服务器之间的链路
key-partition = 将若干服务器与其余隔离
key-heal = 全部修复
key-undo = 撤销上一次操作
key-play = 播放或暂停
key-step = 下一事件，上一事件
key-speed = 更慢，更快
key-auto = 速度随事件自动调整
key-ends = 回到开头，跳到末尾
key-view = 舞台或时空图
key-why = 所选对象（或领导者）为何如此
key-help = 本说明

config-heading = 用 zoo.cfg 启动集群
more-tools = 更多工具
moment = 运行中的时刻
legend-heading = 图例
all-servers = 所有服务器
larger-wins = 从左到右比较，大者胜
agrees = 一致
short-isolate = 隔离
events-none = 还没有发生任何事。
refused-same = 链路需要两台不同的服务器。
refused-cut = 这条链路已经断开。
refused-side = 分区的两侧都需要有服务器。
refused-server = 没有服务器 { $who }。
refused-fault = 没有编号为 { $id } 的故障。
refused-message = 这条消息已经不在途中。
refused-held = 这条消息已经被挡住。
refused-client = 客户端 { $clients } 现在不能这样做。
refused-clients = 最多只能添加 { $limit } 个客户端。
refused-many = 同时最多只能有 { $limit } 个故障。
config-about = 粘贴或编辑文本，或拖入文件。启动新集群之前，当前集群继续运行。
config-text = zoo.cfg 文本
config-choose = 选择文件
config-keep = 保留当前集群
config-start = 启动此集群
config-valid = 有效：{ $servers } 台服务器{ $warnings ->
    [0] 。
   *[other] ，{ $warnings } 条警告。
}
config-invalid = { $errors } 处错误：当前集群保持不变。
config-error = 错误：
config-warning = 警告：
config-whole = 整个文件
config-place = 第 { $line } 行，第 { $column } 列
config-too-large = 文件超过 64 MB，而 zoo.cfg 只有几行。

## zoo.cfg 中的问题
# 每种问题一条。ZooKeeper 自己的消息原样跟在后面，不翻译。

problem-zoo-cfg-too-long = 文本有 { $bytes } 字节；最多读取 { $limit } 字节
problem-zoo-cfg-not-text = 这不是文本文件：其中有字符 { $code }
problem-zoo-cfg-malformed-escape = \u 之后必须是四位十六进制数字
problem-zoo-cfg-byte-order-mark = 文本以看不见的字节顺序标记（BOM）开头，它会成为第一个键的一部分
problem-zoo-cfg-repeated = { $key } 重复：以此处为准，第 { $earlier } 行的被忽略
problem-zoo-cfg-unknown-key = 本程序不认识键 { $key }；ZooKeeper 会把它设为系统属性 zookeeper.{ $key }
problem-zoo-cfg-misspelt-key = 没有 { $key } 这个键，因此它不起作用；是否想写 { $meant }？
problem-zoo-cfg-not-a-number = { $key } 需要整数，而不是“{ $value }”
problem-zoo-cfg-not-a-boolean = { $key } 必须是 true 或 false，而不是“{ $value }”
problem-zoo-cfg-falls-back = “{ $value }”不是 { $key } 的有效值；ZooKeeper 会不加提示地改用 { $default }
problem-zoo-cfg-raised = { $key } 为 { $value }，低于最小值，改用 { $least }
problem-zoo-cfg-port-out-of-range = { $port } 不是端口：端口范围是 0 到 65535
problem-zoo-cfg-unrecognised-role = 服务器只能是 participant 或 observer，而不是“{ $role }”
problem-zoo-cfg-removed-election-alg = electionAlg { $value } 已不存在；可用的是 3，即 Fast Leader Election
problem-zoo-cfg-unknown-election-alg = 本程序没有选举算法“{ $value }”；现有：{ $known }
problem-zoo-cfg-wrong-form = 服务器的写法是 host:quorumPort:electionPort，可再加 :role 和 ;clientPort；这里却是“{ $value }”
problem-zoo-cfg-address-unresolved = { $host } 的端口必须是数字，而不是“{ $port }”
problem-zoo-cfg-same-ports = 服务器 { $sid } 不能把端口 { $port } 同时用作 quorumPort 和 electionPort
problem-zoo-cfg-multi-address-disabled = 服务器 { $sid } 有多个地址；这需要 multiAddress.enabled=true
problem-zoo-cfg-roles-differ = 同一服务器的所有地址必须角色相同，此处却是 { $role }
problem-zoo-cfg-bracket-open = { $text } 的方括号没有闭合
problem-zoo-cfg-no-port-after-colon = { $text } 的末尾缺少端口
problem-zoo-cfg-in-several-groups = 服务器 { $sid } 只能属于一个 group
problem-zoo-cfg-in-no-group = 使用 group 或 weight 时，每个 participant 都必须属于一个 group，服务器 { $sid } 不属于任何 group
problem-zoo-cfg-stranger-without-weight = group { $group } 列出了 { $sid }，但它不是 participant，也没有 weight.{ $sid }
problem-zoo-cfg-belongs-in-dynamic-file = { $key } 必须写在 dynamicConfigFile 指定的文件中
problem-zoo-cfg-unrecognised-parameter = 动态文件只能有 server、group 和 weight 行，不能有 { $key }
problem-zoo-cfg-version-inside = 版本应写在动态文件的文件名中，而不是文件内
problem-zoo-cfg-dynamic-file-elsewhere = 服务器列在 { $path } 中，而这里没有该文件：请用它的内容替换 dynamicConfigFile 一行
problem-zoo-cfg-not-set = 缺少 { $key }
problem-zoo-cfg-assumed = 缺少 { $key }，ZooKeeper 不会启动；这里使用 { $value }
problem-zoo-cfg-address-without-port = 设置了 { $address }，还需要 { $port }
problem-zoo-cfg-session-limits-cross = 最小会话超时 { $min } ms 大于最大会话超时 { $max } ms
problem-zoo-cfg-nobody-votes = 不启用 standaloneEnabled 时，至少要有一台服务器是 participant
problem-zoo-cfg-observers-without-participants = 所有服务器都是 observer，没有谁能投票
problem-zoo-cfg-observers-without-quorum = 只有一个 participant 时以单机模式运行，observer 无从观察；请设置 standaloneEnabled=false
problem-zoo-cfg-client-address-differs = 服务器 { $sid } 有两个客户端地址：clientPort 的 { $own } 和 server 行的 { $listed }
problem-zoo-cfg-secure-address-differs = 服务器 { $sid } 有两个安全客户端地址：secureClientPort 的 { $own } 和 server 行的 { $listed }
problem-zoo-cfg-myid-missing = 集群中的服务器需要 myid 文件
problem-zoo-cfg-myid-not-a-number = myid 文件的内容必须是数字，而不是“{ $text }”
problem-zoo-cfg-myid-not-listed = 没有 server.{ $sid }，所以该编号的服务器不会启动
problem-zoo-cfg-peer-type-differs = peerType 与服务器列表不一致；以列表为准：{ $listed }
problem-zoo-cfg-one-server = 只有一个 participant：ZooKeeper 会以单机模式运行，不进行选举
problem-zoo-cfg-no-failure-tolerated = 不能容忍任何服务器故障；至少需要 3 个 participant
problem-zoo-cfg-even-number = { $count } 个 participant 能容忍的故障并不比少一个时更多
problem-zoo-cfg-no-servers = 没有 server 行；ZooKeeper 会以单机模式运行，集群需要 server.1=host:2888:3888
problem-zoo-cfg-too-many-servers = { $count } 台服务器太多：这里最多运行 { $limit } 台
problem-zoo-cfg-out-of-range = { $key } 在这里必须介于 { $least } 和 { $most } 之间，而不是 { $value }
problem-zoo-cfg-client-port-overruled = clientPort 与服务器 { $sid } 的 server 行不一致，以后者的 { $listed } 为准

# What can be wrong with JSON, and with a scenario beyond that.
at-place = { $place }：{ $what }
api-not-a-command = 不是命令：{ $why }
api-not-a-scenario = 不是场景：{ $why }
api-not-a-zoo-cfg = 不是 zoo.cfg：{ $why }
problem-json-too-long = 文本有 { $bytes } 字节；最多读取 { $limit } 字节
problem-json-too-deep = 列表和对象的嵌套超过 { $limit } 层
problem-json-ends-early = 文本在中途结束
problem-json-no-value = 这里应有一个值：带引号的文本、数字、true、false、null、列表或对象
problem-json-no-name = 这里应有带引号的字段名
problem-json-no-mark = 这里应有 { $expected }
problem-json-rest = 结尾之后还有文本
problem-json-control = 带引号的文本必须在同一行结束；换行请写 \n
problem-json-escape = JSON 没有这种转义
problem-json-number = 这不是 JSON 写法的数字
problem-json-unknown-field = 这里没有字段“{ $field }”；可用的有 { $known }
problem-json-misspelt-field = 这里没有字段“{ $field }”；是否想写“{ $meant }”？
problem-json-missing-field = 缺少字段“{ $field }”
problem-json-twice = 字段“{ $field }”出现了两次
problem-json-not-an-object = 这里必须是对象：花括号中的字段
problem-json-not-a-list = 这里必须是方括号中的列表
problem-json-not-a-text = 这里必须是带引号的文本
problem-json-not-a-truth = 这里必须是 true 或 false
problem-json-not-whole = 这里必须是整数
problem-json-not-hex = 这里必须是十六进制数，例如 "0x60000003c"
problem-json-out-of-range = 这里必须在 { $least } 到 { $most } 之间，而不是 { $value }
problem-json-unknown-name = 这里不认识“{ $name }”；可用的有 { $known }
problem-json-misspelt-name = 这里不认识“{ $name }”；是否想写“{ $meant }”？
problem-scenario-version = 不认识场景版本 { $given }；此版本读取版本 { $known }
problem-scenario-unknown-server = zooCfg 中没有服务器 { $sid }
problem-scenario-started-twice = 服务器 { $sid } 被启动了两次
problem-scenario-two-clocks = 服务器 { $sid } 已有时钟
problem-scenario-too-late = 这在场景的终点 { $horizon } ms 之后
problem-scenario-two-disks = 服务器 { $sid } 已有磁盘
problem-scenario-not-a-disk = 没有服务器会有这样的磁盘：最后的 zxid 所属 epoch 不得大于 { $epoch }，且不能是该 epoch 的第一个
problem-scenario-unknown-client = 没有客户端 { $id }：给出或添加的共 { $count } 个，从 0 开始编号
problem-scenario-not-a-path = 这不是 znode 的路径：{ $fault }

## 词

server = S{ $sid }
client-number = 客户端 { $id }
list-separator = 、
list-and = { $rest } 和 { $last }
nobody = 无人
nothing = —
epoch = 纪元
itself = 自己
seconds = { $value } 秒

## 服务器状态

state-leading = 领导者
state-leader-elect = 当选待确认
state-following = 跟随者
state-syncing = 同步中
state-looking = 选举中
state-observing = 观察者
state-stale = 过期领导者
state-without-quorum = 无多数派
state-down = 宕机
state-unplugged = 断电
state-starting = 启动中
state-paused = 暂停

label-epoch = { $state } · e{ $epoch }
label-looking = { $state } → { $for }
label-paused = { $state } · 已暂停

no-leader = 没有领导者
chip-partition = 你隔离了 { $who }
heal = 修复

## 图例

legend-heartbeat = 心跳
legend-heartbeat-reply = 心跳应答
legend-ballot = 投给 S4 的选票
legend-handshake = 建立连接
legend-discovery = 纪元握手
legend-sync = 日志同步
legend-ack = 确认
legend-proposal = 提案
legend-commit = 提交
legend-request = 客户端请求
legend-reply = 答复客户端
legend-connect = 客户端连接
legend-lost = 丢失

## 你的操作

say-killed = 你杀掉了 { $who }，它的连接全部断开。
say-unplugged = 你拔掉了 { $who } 的电源，没有谁收到通知。
say-restarted = 你重启了 { $who }，它读取磁盘并寻找领导者。
say-paused = 你暂停了 { $who }，连接还在，但一切静止。
say-resumed = 你恢复了 { $who }，它不知道时间已经过去。
say-cut = 你切断了 S{ $from }–S{ $to }。
say-cut-one-way = 你切断了 S{ $from } 到 S{ $to } 的方向，反方向仍然畅通。
say-partitioned = 你把 { $who } 与其他服务器隔离。
say-went-wrong = 你让某处出了问题。
say-terminated = 你要求 { $who } 结束进程。
say-halted = { $who } 已经关闭。
say-lost-power = 你切断了 { $who } 的电源，最后的写入丢失。
say-slow-disk = 你让 { $who } 的磁盘慢了 { $ms } ms。
say-stalled-disk = 你让 { $who } 的磁盘停住了。
say-disk-well = { $who } 的磁盘恢复正常。
say-wiped = 你清空了 { $who } 的磁盘。
say-drifts = 你让 { $who } 的时钟快了 { $ppm } ppm。
say-drifts-no-more = { $who } 的时钟恢复了自己的步调。
say-slowed = 你让 S{ $from }–S{ $to } 慢了 { $ms } ms。
say-lossy = 你让 S{ $from }–S{ $to } 每 1000 个数据包丢失 { $permille } 个。
say-delayed = 你把一条消息推迟了 { $ms } ms。
say-dropped = 你丢弃了一条消息。
say-mended = 你修复了 S{ $from }–S{ $to }。
say-healed = 你修复了网络。
say-healed-all = 你修复了一切。

why-killed = 操作系统会关闭它的套接字，所以其他服务器马上发觉。
why-terminated = SIGTERM：虚拟机有序关闭，然后套接字断开。
why-lost-power = 只有 fsync 已经报告的内容确定在磁盘上。
why-stalled-disk = 它回应心跳，但必须先写盘的东西一律不确认。
why-wiped = 它回来时没有纪元，也没有历史，就像一台新机器。
why-drifts = 它设定的每个期限都按自己的时钟计算。
why-lossy = TCP 在 200 ms 后重发，然后是 400、800：丢失的数据包就是迟到的数据包。
why-dropped = TCP 会重发它，后面的消息只能等待。
why-unplugged = 没有告别的数据包：其他服务器只能靠计时器发觉。
why-paused = 就像一次漫长的垃圾回收，其他服务器的计时器照走。
why-partitioned = 两侧之间的数据包被悄悄丢弃。

## 进程与线路

say-booted = { $who } 已启动。
say-exits = { $who } 结束进程：{ $reason }。
say-state = { $who } 进入 { $state } 状态。
say-phase = { $who } 进入 { $phase } 阶段。
say-malformed = { $who } 丢弃 S{ $from } 的一条消息：{ $reason }。
say-malformed-unknown = { $who } 丢弃一条消息：{ $reason }。
say-config-unreadable = { $who } 读不懂 S{ $from } 发来的配置，只用其余部分。
say-something = { $who } 有话要说。

exit-epoch-files = 纪元文件与日志矛盾
exit-not-in-list = 它的编号不在服务器列表中
exit-no-snapshot = 有日志，却没有它所依据的快照
exit-commit-mismatch = 领导者提交的事务不是正在等待的那一个
exit-truncate-failed = 日志无法截断
exit-log-gap = 已应用的两个事务之间缺了一个
malformed-too-short = 只有 { $value } 字节，太短
malformed-truncated = 在第 { $value } 字节处中断
malformed-config = { $value } 字节的配置放不下
malformed-config-text = 它的配置无法读取
malformed-state = 没有编号为 { $value } 的状态
malformed-frame = 长度 { $value } 超出范围
malformed-handshake = 不是握手消息
malformed-unexpected = 它不该出现在这里

## 失去领导者

say-lost-leader = { $who } 失去了领导者。
say-leader-silent = { $who } 有 { $limit } 秒没有收到 S{ $leader } 的消息，开始选举。
say-leader-unreachable = { $who } 连不上 S{ $leader }，重新选举。
say-epoch-too-old = { $who } 离开 S{ $leader }：它的纪元太旧。
say-illegal-packet = { $who } 离开 S{ $leader }：它发来了不该发的包。
say-leader-unknown = { $who } 无法跟随 S{ $leader }：它不在服务器列表中。
say-steps-down = { $who } 听不到多数派的声音，主动下台。
say-no-epoch-quorum = { $who } 放弃领导：来确认纪元的服务器太少。
say-no-ack-quorum = { $who } 放弃领导：接受其纪元的服务器太少。
say-no-newleader-quorum = { $who } 放弃领导：确认它的服务器太少。

why-lost-leader = 与 S{ $leader } 的连接断开了，每台服务器各自发觉。
why-leader-silent = 整整 syncLimit × tickTime 没有消息：跟随者分不清慢和死。
why-steps-down = 领导者在每个 tick 清点跟随者。

## 选举

say-votes-for-itself = { $who } 投票给自己（第 { $round } 轮）。
say-looks-without-vote = { $who } 寻找领导者，但没有投票权（第 { $round } 轮）。
say-switch-id = { $who } 改投 S{ $for }：zxid 相同，编号更大。
say-switch-zxid = { $who } 改投 S{ $for }：纪元相同，zxid 更大。
say-switch-epoch = { $who } 改投 S{ $for }：纪元更大。
say-keeps-vote = { $who } 仍投 S{ $mine }：S{ $theirs } 并不更大。
say-keeps-vote-weight = { $who } 仍投 S{ $mine }：S{ $theirs } 没有权重。
say-joins-round = { $who } 加入第 { $new } 轮，忘掉第 { $old } 轮的选票。
say-answers-stale = { $who } 告诉 S{ $to }：第 { $theirs } 轮已过，现在是第 { $mine } 轮。
say-answers-looking = { $who } 告诉 S{ $to }：领导者是 S{ $leader }。
say-quorum-seen = { $who } 看到 S{ $leader } 得到多数派，再等 200 ms。
say-interrupted = { $who } 及时收到更大的选票：S{ $leader }，来自 S{ $from }。
say-ignores = { $who } 忽略 S{ $from } 的选票：{ $reason }。
say-resends = { $who } 没有收到消息，重发选票；下次等待 { $wait } ms。
say-reconnects = { $who } 没有收到消息，尝试重新连接；下次等待 { $wait } ms。
say-elected = { $who } 得到多数派选票。
say-elected-oracle = { $who } 询问 oracle：由 S{ $leader } 领导。
say-agrees = { $who } 转向 S{ $leader }：多数派一致。
say-joins-leader = { $who } 转向 S{ $leader }：多数派已在跟随它。
say-challenge-lost = { $who } 挂断：S{ $to } 编号更大，由它回拨。
say-evicted = { $who } 用新选票替换了尚未发给 S{ $to } 的旧选票。

why-ballot = 选票是（纪元，zxid，编号），从左到右比较，大者胜。
why-round = 选票只在同一轮选举中有效。
why-finalize = 更大的选票可能还在路上。

ignored-not-a-voter = 它没有投票权
ignored-untrusted = 它的数据库不可信
ignored-mine-untrusted = 自己的数据库不可信
ignored-stale-round = 属于较早的轮次
ignored-observing = 观察者不计数
ignored-within-wait = 并不更大
ignored-unconfirmed = 那个领导者未经证实
ignored-weight-unknown = 它的领导者没有已知权重

## 领导者与学习者

say-connect-failed = { $who } 连不上 S{ $leader }（第 { $attempt } 次）。
say-connect-given-up = { $who } 放弃连接 S{ $leader }。
say-learner-joined = { $who } 收到 S{ $sid } 的消息：它知道纪元 { $epoch }。
say-epoch-proposed = { $who } 提出纪元 { $epoch }，比它听到的都大。
say-epoch-accepted = { $who } 接受 S{ $leader } 的纪元 { $epoch }。
say-epoch-refused = { $who } 拒绝 S{ $leader } 的纪元 { $offered }：此前已接受纪元 { $accepted }。
say-sync = { $who } 让 S{ $to } 从 { $zxid } 追上进度：{ $mode }。
say-established = { $who } 领导纪元 { $epoch }：{ $acks } 台已同步。
say-serves = { $who } 在纪元 { $epoch } 提供服务。
say-follows = { $who } 在纪元 { $epoch } 跟随 S{ $leader }。
say-drops = { $who } 放弃 S{ $sid }：{ $reason }。
say-drops-unknown = { $who } 放弃一个学习者：{ $reason }。
say-counts-enough = { $who } 在 tick 清点：{ $alive } 台存活，足够。
say-counts-too-few = { $who } 在 tick 清点：{ $alive } 台存活，太少。

why-epoch = 纪元编号只用一次：此后服务器拒绝更小的编号。
why-accepted = 先把承诺写入磁盘，再回答。
why-established = 多数派已把这个纪元写入磁盘，它才真正领导。

drop-closed = 它的连接断开了
drop-silent = 它沉默太久
drop-illegal = 它发来了不该发的包
drop-ahead = 它的历史更靠前
drop-newer-config = 它的配置更新
drop-waited = 等待多数派超时
drop-leader-leaves = 领导者下台

## 舞台下的句子

caption-starting = 服务器正在启动。
caption-leads = S{ $leader } 是领导者，{ $followers ->
    [0] 还没有跟随者，
    [1] 一台服务器跟随它，
    [2] 两台服务器跟随它，
    [3] 三台服务器跟随它，
    [4] 四台服务器跟随它，
    [5] 五台服务器跟随它，
    [6] 六台服务器跟随它，
   *[other] { $followers } 台服务器跟随它，
}{ $interval ->
    [1] 每秒
   *[other] 每 { $interval } 秒
}应答一次心跳。
caption-leads-why = 页面里运行的是真实的选举代码，不是录像。
caption-two-leaders = 两台服务器都自认领导者，但只有 S{ $leader } 能提交：S{ $stale } 只够到 { $reached }/{ $of }。
caption-two-leaders-why = S{ $stale } 在每个 tick 清点跟随者；超过 syncLimit 仍不足多数，它就下台。
caption-without-quorum = S{ $leader } 还在领导，但只够到 { $reached }/{ $of }，什么都无法提交。
caption-without-quorum-why = 它在每个 tick 清点跟随者；其他服务器的计时器正在耗尽。

## 记分牌

score-leads = S{ $leader } 领导纪元 { $epoch }
score-leads-short = S{ $leader } 领导
score-held = 已 { $seconds } 秒
score-short-held = 纪元 { $epoch } · { $seconds } 秒
score-blind = 已被隔离，但它还不知道
score-stale = S{ $stale } 仍自认领导纪元 { $epoch }
score-stale-short = S{ $stale } 已过期
score-no-leader = 没有领导者
score-electing = { $looking } 台在选举 · 已 { $seconds } 秒无领导者
score-electing-short = { $seconds } 秒 · { $looking } 台选举中
score-quorum = 多数派 { $have }/{ $of }
score-quorum-short = { $have }/{ $of }
score-need = 需要 { $need } 台 · 可以提交
score-need-short = 多数派，需 { $need }
score-can-commit = 可以提交
score-no-quorum = 无多数派
score-reaches = 只够到 { $have }/{ $of }，需要 { $need }
score-reaches-weighted = 只够到 { $have }/{ $of }
score-agree = { $have }/{ $of } 票一致
score-need-for = S{ $for } 需要 { $need } 票
score-need-for-short = 票一致，需 { $need }
score-for = 投给 S{ $for }
score-heartbeats = { $have }/{ $of } 在应答
score-heartbeats-short = { $have }/{ $of }
score-last-heard = 心跳 · 最近应答于 { $seconds } 秒前
score-heartbeats-key = 心跳已应答
score-no-heartbeats = 没有心跳
score-no-heartbeats-short = 无
score-nobody-leads = 无人领导
score-no-followers = S{ $leader } 还没有跟随者
score-safe = 安全
score-safe-key = { $promises } 项承诺全部成立
score-safe-short = { $promises } 项承诺
score-broken = 承诺被打破
score-not-so = 不再成立：{ $promise }

## 操作

act-kill-leader = 杀掉领导者
act-restart = 重启 { $who }
act-heal = 修复
act-resume = 恢复 { $who }

verb-kill = 杀掉进程
verb-restart = 重启
verb-pause = 暂停
verb-resume = 恢复
verb-inspect = 查看
verb-unplug = 拔掉电源（无告别）
verb-isolate = 与所有人隔离

dim-down = { $who } 已宕机
dim-runs = { $who } 已在运行
dim-paused = { $who } 已经暂停
dim-not-paused = { $who } 没有暂停
dim-alone = 没有其他服务器
dim-isolated = { $who } 已被隔离

## 表格

table-server = 服务器
table-state = 状态
table-epoch = 纪元
table-votes-for = 投给
table-zxid = 最新 zxid
inspect-round = 第 { $round } 轮选举 · 投给 { $for }
inspect-follows = 跟随 S{ $leader } · { $phase }
inspect-leads = 领导 · { $phase }
inspect-down = 进程已退出
inspect-starting = 进程正在启动
inspect-paused = 已冻结 { $seconds } 秒
inspect-ballots = 它持有的选票
inspect-agree = { $have }/{ $of } 与 { $who } 一致，需要 { $need }
inspect-agree-weighted = { $have }/{ $of } 与 { $who } 一致
inspect-timers = 计时器
inspect-epochs = 纪元与 zxid
inspect-accepted-current = 已接受 / 当前纪元
inspect-election-round = 选举轮次
inspect-last-zxid = 最后写入日志
inspect-log = 日志
inspect-data = 它保存的数据
inspect-sessions = 会话
inspect-znodes = znode
logs-heading = 日志对照
logs-filled = 实心 = 已提交
log-summary = { $who }：已提交至 { $committed }，磁盘上至 { $logged }
inspect-from = 来自
inspect-for = 投给
inspect-id = 编号

timer-notification = 重发选票
timer-finalize = 等更大的选票（finalizeWait）
timer-handshake = 等待握手
timer-observer-election = 选举前的等待
timer-observer-reconnect = 重连前的等待
timer-connect-retry = 再次连接领导者
timer-learner-read = 等待领导者
timer-leader-wait = 等待多数派（initLimit）
timer-leader-tick = 下一次心跳
timer-log-poll = 等待更多事务一并落盘
timer-session-expiry = 结束久无音讯的会话
timer-handler-read = 等待 { $who }
timer-handler-wait = 与 { $who } 一起等多数派
timer-handler-unknown = 等待一个学习者

## 概览

lane-leader = 领导者
lane-election = 选举
lane-reign = S{ $leader } · e{ $epoch }

## 朗读

alt-looking = { $name }，{ $state }，纪元 { $epoch }，投给 { $for }
alt-following = { $name }，{ $state }，纪元 { $epoch }，跟随 { $for }
alt-leading = { $name }，{ $state }，纪元 { $epoch }
alt-state = { $name }，{ $state }
alt-paused = { $name }，暂停，此前是{ $state }
alt-link = 链路 { $from }–{ $to }
alt-link-cut = 链路 { $from }–{ $to }，已切断
alt-message = { $from } 发往 { $to } 的 { $message }
alt-time-leader = { $time }，{ $leader } 领导纪元 { $epoch }
alt-time-nobody = { $time }，没有领导者
say-too-many-connections = { $who } 拒绝一个客户端：同一台机器最多 { $most } 个连接。
say-session-expiring = { $who } 久未收到会话 { $session } 的音讯，提议结束它。
say-proposes = { $who } 提议 { $zxid }。
say-logged = { $who } 已把截至 { $zxid } 的内容写入磁盘。
say-commits = { $who } 提交 { $zxid }：法定人数已写入磁盘。
say-applies = { $who } 应用 { $zxid }。
say-rolled-over = { $who } 下台：本纪元的计数器已用尽。
drop-too-many-syncs = 正在同步的成员已太多
drop-unacknowledged = 它拖欠提议确认太久
timer-handler-snapshot = 正在为 { $who } 序列化快照

## 客户端

client-served = 已服务
client-waiting = 等待 { $seconds } 秒
client-connecting = 连接中
client-reconnecting = 重连中
client-expired = 会话已过期
client-closed = 已关闭
client-paused = 已暂停
client-killed = 已杀掉
clients-group = 客户端
panel-clients = 客户端
table-client = 客户端
table-clients = 客户端
table-at = 服务器
table-done = 已完成调用
say-client-added = 你添加了一个客户端。
say-client-killed = 你杀掉了客户端 { $clients }，它的会话到期才结束。
say-client-paused = 你暂停了客户端 { $clients }。
say-client-resumed = 你恢复了客户端 { $clients }。
say-client-severed = 你切断了客户端 { $clients } 与 S{ $to } 之间的网络。
say-client-cut = 你重置了客户端 { $clients } 的连接。
say-client-asked-to-close = 你让客户端 { $clients } 关闭会话。
say-client-asked = 你让客户端 { $clients } 发出请求：{ $op }。
say-client-connected = 客户端 { $clients } 在 S{ $to } 上建立了会话。
say-client-back = 客户端 { $clients } 已恢复，连到 S{ $to }，会话不变。
say-client-lost = 客户端 { $clients } 失去了服务器。
say-client-expired = 客户端 { $clients } 的会话已过期。
say-client-gave-up = 客户端 { $clients } 自行放弃会话。
say-client-closed = 客户端 { $clients } 关闭了会话。
why-client-killed = 服务器不再收到它的消息；时限一到，领导者就结束会话。
why-client-cut = 它会带着同一会话去连接另一台服务器。
why-client-back = 会话属于整个集群：任何服务器都能接手。
why-client-lost = 会话仍在；它发出的请求没有可信的结果。
why-client-expired = 超时之内没有服务器收到它的消息，它的临时 znode 已被删除。
score-clients = { $have }/{ $of } 已服务
score-clients-short = { $have }/{ $of }
score-clients-key = 客户端已服务
score-clients-calls = 客户端 · 已应答 { $calls } 次调用
score-clients-away = { $count } 个正在重连
score-clients-expired = { $count } 个会话已过期
score-clients-wait = 客户端 { $clients } 已等 { $seconds } 秒
lane-clients = 客户端
alt-client = 客户端 { $name }，{ $state }
alt-client-at = 客户端 { $name }，{ $state }，在 { $server }
alt-client-tries = 客户端 { $name }，{ $state }，尝试 { $server }
alt-time-clients = { $moment }，{ $have }/{ $of } 个客户端已服务
inspect-session = 会话
inspect-timeout = 超时
inspect-seen-zxid = 见过的最新 zxid
inspect-calls-open = 尚无应答的调用
inspect-calls-done = 已完成的调用
inspect-calls-failed = 被拒绝的调用
inspect-calls-unknown = 结果未知的调用
verb-write = 写入
verb-read = 读取
verb-ephemeral = 创建临时节点
verb-cut-client = 切断它的链路
verb-disconnect = 重置连接
verb-close = 关闭会话
verb-kill-client = 杀掉进程
short-ephemeral = 临时节点
short-disconnect = 断开
short-close = 关闭
dim-client-down = 客户端 { $clients } 已被杀掉
dim-client-alone = 客户端 { $clients } 没有连接
dim-client-paused = 客户端 { $clients } 已暂停
dim-client-over = 客户端 { $clients } 已没有会话
tool-write = 写入
tool-write-hint = 点击客户端，让它写入
key-write = 让一个客户端写入

## 承诺

promises-note = 无论速度多快，每一个事件之后都会逐一检查。
promise-show = 查看
promise-is-kept = 成立：
promise-is-broken = 已打破：
promise-first-false = 首次不成立于 { $at }
promise-leadership = 每个纪元至多确立一位领导者
promise-epochs = 服务器的纪元从不倒退
promise-order = 所有服务器按相同的顺序应用相同的事务
promise-integrity = 没有领导者提议过的事务不会被应用
promise-primary-order = 领导者的事务按其提议的顺序应用，没有空缺
promise-primary-integrity = 新领导者拥有此前已应用的一切
promise-kept = 已提交的事务永不丢失
promise-epoch-ack = 服务器对同一纪元只接受一次
promise-epoch-data = 纪元写入磁盘之前，属于它的数据已在磁盘上
promise-new-leader-ack = 确认 NEWLEADER 者，磁盘上已有领导者的历史
promise-proposal-ack = 确认提案者，磁盘上已有该提案
promise-follower-log = 跟随者的日志从不与领导者的历史相矛盾
promise-commits = 领导者按序提交，且只提交法定人数已确认的事务
promise-legal = 没有服务器收到其所处阶段不允许的数据包
promise-committed-log = 内存中保留的事务没有空缺
promise-quorum-use = 观察者和没有权重的服务器不起决定作用
promise-votes = 没有法定人数的选票，谁也不会当选
promise-session-table = 相同的事务产生相同的 znode 和会话
promise-ephemerals = 临时 znode 不会比它的会话活得更久
promise-unique-sessions = 没有两个会话共用一个 id
promise-recovery = 不受干扰时，所有服务器终将提供服务
promise-departure = 与所需者失去联系的服务器不会留任
promise-acknowledged = 已确认的写入已经提交，并在法定人数的磁盘上
promise-expiry = 会话在超时时间内无音讯才会结束，也不会迟迟不结束
promise-ephemeral-end = 临时 znode 只随会话结束或删除而消失
promise-session-order = 会话的请求按其提出的顺序执行
promise-monotonic-reads = 无论询问哪台服务器，会话都不会看到更旧的状态
promise-own-writes = 读到的是已达成一致的内容，会话总能读到自己的写入
promise-watch-order = 客户端先得知变化，再看到变化，且只得知一次
promise-session-moved = 会话同一时刻只通过一台服务器发言
promise-offers = 选举中恰有一个名次最前的竞选节点
promise-herd = 一个竞选节点的结束至多唤醒一个等待的客户端
promise-progress = 保持连接的客户端会得到答复
