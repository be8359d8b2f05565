<?php

declare(strict_types=1);

/**
 * Pages of one process, one after the other: what `do` names, and prints what it found. Arguments, or the query: key=value.
 *
 * arena; do; option, of `undo`: what the page says against what the administrator has set; name, of a channel.
 */

require __DIR__ . '/load.php';

$given = [];
parse_str(isset($argv[1]) ? implode('&', array_slice($argv, 1)) : $_SERVER['QUERY_STRING'], $given);
$at = new Arena($given['arena']);
$tells = static fn (FfiZts\Vm $vm, string ...$arguments): string => (string) $vm->runScript(__DIR__ . '/parts/tells.php', $arguments)->value;
$own = ['prepend' => [$at->in('ran.php')], 'bootstrap' => $at->in('ran.php'), 'ini' => ['user_agent' => Arena::MARK, 'auto_prepend_file' => $at->in('ran.php')]];
$undo = [
    'nothing' => [], 'no prepend' => ['prepend' => []], 'another prepend' => ['prepend' => [$at->in('allowed.php')]], 'memory_limit' => ['ini' => ['memory_limit' => '64M']],
    'no memory_limit' => ['ini' => ['memory_limit' => '-1']], 'open_basedir' => ['ini' => ['open_basedir' => '/']], 'no open_basedir' => ['ini' => ['open_basedir' => '']],
    'bootstrap' => ['bootstrap' => $at->in('allowed.php')], 'user_agent' => ['ini' => ['sendmail_path' => 'x']], 'disable_functions' => ['ini' => ['disable_functions' => '']],
];
try {
    echo match ($given['do']) {
        // What a page has for itself, and what the next one finds of it.
        'own' => $tells(FfiZts::boot($own), 'global', 'ran') . $tells(FfiZts::boot(), 'setting', 'user_agent') . FfiZts::boot()->run('ran')->await(30),
        'checked' => FfiZts::boot($own) && false,
        'plain' => $tells(FfiZts::boot(), 'global', 'ran') . $tells(FfiZts::boot(), 'setting', 'user_agent'),
        'plain task' => FfiZts::boot()->run('ran')->await(30),
        // What the administrator has set, whatever the page says.
        'undo' => implode(' ', FfiZts::boot($undo[$given['option']])->runScript(__DIR__ . '/parts/guarded.php', [$at->secret()])->value),
        'by methods' => implode(' ', FfiZts::boot()->withPrepend($at->in('allowed.php'))->withIniEntry('memory_limit', '64M')->runScript(__DIR__ . '/parts/guarded.php', [$at->secret()])->value),
        // A job that is lost keeps its channel, and not its name.
        'lose' => (static function () use ($given) {
            $channel = FfiZts\Channel::make($given['name'], 2);
            $channel->send(Arena::MARK);
            $begun = new FfiZts\Channel(1);
            FfiZts::boot()->run(task('lost'), [$channel, $begun]);
            return $begun->recv(30);
        })(),
        'find' => FfiZts\Channel::open($given['name'])->recv(1),
        'find in a task' => FfiZts::boot()->run(task('found'), [$given['name']])->await(30),
        // A name that waits for its writer is no file.
        'fifo script' => FfiZts::boot()->runScript($at->in('fifo'))->exitCode,
        'fifo future' => FfiZts::boot()->startScript($at->in('fifo'))->await(30)->exitCode,
        'fifo php.ini' => $tells(FfiZts::boot(['ini_file' => $at->in('fifo')]), 'nothing'),
        'fifo prepend' => $tells(FfiZts::boot(['prepend' => [$at->in('fifo')]]), 'nothing'),
        'fifo bootstrap' => FfiZts::boot(['bootstrap' => $at->in('fifo')])->run('ran')->await(30),
        'fifo bootstrap of a thread' => FfiZts::boot()->thread($at->in('fifo'))->run('ran')->await(30),
    };
} catch (FfiZts\Exception $e) {
    echo 'refused: ', $e::class, ' ', $e->getMessage();
}
