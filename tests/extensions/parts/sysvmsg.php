<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** sysvmsg: each worker gets what was sent to it, and an answer from the next one. */
function queue_of(string $directory): SysvMessageQueue
{
    touch("$directory/sysvmsg.key");
    return msg_get_queue(ftok("$directory/sysvmsg.key", 'm'));
}

return part(
    prepare: function (int $count, string $directory): void {
        queue_of($directory);
    },
    work: function (int $number, int $count, string $directory): void {
        $queue = queue_of($directory);
        for ($i = 0; $i < 200; $i++) {
            same(true, msg_send($queue, $number + 1, "$number/$i"), 'sent');
            same(true, msg_receive($queue, $number + 1, $type, 100, $message), 'received');
            same([$number + 1, "$number/$i"], [$type, $message], 'message');
        }
    },
    verify: function (int $count, string $directory): void {
        same(0, msg_stat_queue(queue_of($directory))['msg_qnum'], 'messages that are left');
        msg_remove_queue(queue_of($directory));
    },
);
