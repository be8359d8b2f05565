<?php

declare(strict_types=1);

/*
 * Sends a value of each row of docs/values.md to a worker and back, and prints as JSON what was wrong: row => messages.
 * A row is named by its first cell, without backticks.
 */

use FfiZts\Channel;
use FfiZts\Float64View;
use FfiZts\Future;
use FfiZts\Int64View;
use FfiZts\RemoteException;
use FfiZts\SharedBuffer;
use FfiZts\TransferException;

require __DIR__ . '/classes.php';

final class Unknown
{
    public int $total = 3;
}

$thread = FfiZts::boot()->thread(__DIR__ . '/classes.php');

$wrong = [];
$row = '';
$same = static function (mixed $expected, mixed $got) use (&$wrong, &$row): void {
    if ($expected !== $got) {
        $wrong[$row][] = 'expected ' . var_export($expected, true) . ', got ' . var_export($got, true);
    }
};
/** Runs a task on the worker. */
$run = static fn (callable $task, mixed ...$args): mixed => $thread->run($task, $args)->await();
/** There and back. */
$echo = static fn (mixed $value): mixed => $run(static fn (mixed $it): mixed => $it, $value);
$refused = static function (string $words, callable $attempt) use (&$wrong, &$row): void {
    try {
        $attempt();
        $wrong[$row][] = 'nothing was refused';
    } catch (TransferException $error) {
        if (!str_contains($error->getMessage(), $words)) {
            $wrong[$row][] = "the refusal does not say '$words': {$error->getMessage()}";
        }
    }
};

$rows = [
    'null, bool, int, float, string' => static function () use ($same, $echo): void {
        $bytes = implode('', array_map(chr(...), range(0, 255)));
        foreach ([null, true, false, 0, PHP_INT_MIN, PHP_INT_MAX, 0.1, INF, '', "a\0b", $bytes, str_repeat('x', 1 << 20)] as $value) {
            $same($value, $echo($value));
        }
        $same(bin2hex(pack('E', -0.0)), bin2hex(pack('E', $echo(-0.0))));
        $same(true, is_nan($echo(NAN)));
    },
    'array' => static function () use ($same, $echo): void {
        foreach ([[], [3, 1, 2], ['z' => 1, 'a' => [true, null]], [5 => 'five', 2 => 'two', -1 => 'minus']] as $value) {
            $same($value, $echo($value));
        }
        // A copy: what the worker changes is its own.
        $mine = [1];
        $echo($mine)[] = 2;
        $same([1], $mine);
    },
    'array that contains itself' => static function () use ($same, $echo, $refused): void {
        $array = [1];
        $array[] = &$array;
        $refused('a recursive array cannot cross', static fn () => $echo($array));
        $object = new stdClass();
        $object->list = [1, $object];
        $back = $echo($object);
        $same(true, $back->list[1] === $back);
    },
    'reference, in an array or object' => static function () use ($same, $echo): void {
        $shared = 1;
        $back = $echo([&$shared, &$shared]);
        $back[0] = 2;
        $same([2, 2], [$back[0], $back[1]]);
        $same(1, $shared);
    },
    'enum case' => static fn () => $same(Suit::Spades, $echo(Suit::Spades)),
    'object of a user class' => static function () use ($same, $echo, $run): void {
        $card = new Card(Suit::Hearts, 7);
        $card->note = 'dynamic';
        $card->next = new Card(Suit::Spades, 8);
        [$one, $two] = $echo([$card, $card]);
        $same([Card::class, Suit::Hearts, 7, 'dynamic', 8], [$one::class, $one->suit, $one->rank(), $one->note, $one->next->rank()]);
        $same(true, $one === $two);
        $same(false, $one === $card);
        $same(0, $run(static fn (Card $card): int => Card::$made, $card));
        $same('Error', $run(static function (Card $card): string {
            try {
                $card->suit = Suit::Spades;
                return 'written';
            } catch (Error $error) {
                return $error::class;
            }
        }, $card));
    },
    'object with __serialize() and __unserialize()' => static function () use ($same, $run): void {
        $same(['o', 'made anew'], $run(static fn (Secret $it): array => [$it->open, $it->hidden], new Secret('o', 'h')));
    },
    'object of PHP that holds plain data: DateTimeImmutable, ArrayObject, SplObjectStorage, heaps, SplPriorityQueue …' =>
        static function () use ($same, $echo, $run): void {
            $time = new DateTimeImmutable('2024-02-29 12:00:00.25', new DateTimeZone('Europe/Vienna'));
            $same($time->format('c u e'), $echo($time)->format('c u e'));
            $same([1, 'k' => 2], $echo(new ArrayObject([1, 'k' => 2]))->getArrayCopy());
            $storage = new SplObjectStorage();
            $storage[new Card(Suit::Hearts, 3)] = 'data';
            $back = $echo($storage);
            $back->rewind();
            $same([3, 'data'], [$back->current()->rank(), $back->getInfo()]);
            $heap = new Descending();
            array_map($heap->insert(...), [2, 9, 4]);
            $same([9, 4, 2], $run(static fn (Descending $heap): array => iterator_to_array($heap, false), $heap));
            $queue = new SplPriorityQueue();
            $queue->insert('low', 1);
            $queue->insert('high', 2);
            $same('high', $echo($queue)->extract());
        },
    'SplFileInfo, SplTempFileObject' => static function () use ($same, $echo): void {
        $same(__FILE__, $echo(new SplFileInfo(__FILE__))->getPathname());
        $file = new SplTempFileObject();
        $file->fwrite("one\ntwo\n");
        $back = $echo($file);
        $back->rewind();
        $same("one\n", $back->current());
    },
    'SplFileObject, a directory iterator' => static function () use ($echo, $refused): void {
        $refused('SplFileObject', static fn () => $echo(new SplFileObject(__FILE__)));
        $refused('DirectoryIterator', static fn () => $echo(new DirectoryIterator(__DIR__)));
    },
    'closure' => static function () use ($same, $run, $echo): void {
        $base = 40;
        $same(42, $run(static fn (int $more): int => $base + $more, 2));
        $same(12, $run(static fn (Closure $reader): int => $reader(5), (new Card(Suit::Hearts, 7))->reader()));
        $same(42, $echo(static fn (int $more): int => $base + $more)(2));
    },
    'closure that captures by reference, or declares a class' => static function () use ($run, $refused): void {
        $sum = 0;
        $refused('by reference', static fn () => $run(static function () use (&$sum): void {
            $sum++;
        }));
        $refused('anonymous class', static fn () => $run(static fn () => new class () {
        }));
    },
    "function or method by name: strlen(...), 'Shop\\total'" => static function () use ($same, $run): void {
        $same(3, $run(strlen(...), 'abc'));
        $same(3, $run('strlen', 'abc'));
        $same(8, $run('Card::double', 4));
        $same(8, $run([Card::class, 'double'], 4));
        $same(8, $run(static fn (callable $it): int => $it(4), Card::double(...)));
    },
    'throwable' => static function () use ($same, $run, &$wrong, &$row): void {
        try {
            $run(static function (): never {
                $error = new Spoilt('spoilt', 7, new DomainException('cause'));
                $error->source = fopen('php://output', 'w');
                throw $error;
            });
            $wrong[$row][] = 'nothing was thrown';
        } catch (Spoilt $error) {
            $same(['spoilt', 7, 'cause', null], [$error->getMessage(), $error->getCode(), $error->getPrevious()?->getMessage(), $error->source]);
        }
        try {
            $run(static function (): never {
                eval('final class OnlyThere extends Exception {}');
                throw new OnlyThere('there');
            });
            $wrong[$row][] = 'nothing was thrown';
        } catch (RemoteException $error) {
            $same('OnlyThere', $error->getRemoteClass());
        }
    },
    'file, socket, pipe' => static function () use ($same, $run): void {
        $file = tempnam(sys_get_temp_dir(), 'value');
        file_put_contents($file, "one\ntwo\nthree\n");
        $stream = fopen($file, 'r+');
        $same("one\n", fgets($stream));
        $same(["two\n", $file], $run(static fn ($stream): array => [fgets($stream), stream_get_meta_data($stream)['uri']], $stream));
        $same("three\n", fgets($stream));
        [$here, $there] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $run(static fn ($socket) => fwrite($socket, "from there\n"), $there);
        $same("from there\n", fgets($here));
        unlink($file);
    },
    'php://memory, php://temp, data:' => static function () use ($same, $run): void {
        foreach (['php://memory', 'php://temp'] as $name) {
            $stream = fopen($name, 'w+');
            fwrite($stream, 'abcdef');
            fseek($stream, 2);
            $same('cdef', $run(static function ($stream): string {
                $rest = stream_get_contents($stream);
                fwrite($stream, 'more');
                return $rest;
            }, $stream));
            $same('cdef', stream_get_contents($stream));
        }
        $same('text', $run(stream_get_contents(...), fopen('data:text/plain,text', 'r')));
    },
    'Channel, Future, SharedBuffer, Int64View, Float64View' => static function () use ($same, $run, $thread): void {
        $channel = new Channel(1);
        $run(static fn (Channel $channel) => $channel->send('through'), $channel);
        $same('through', $channel->recv(10.0));
        $same('its value', $run(static fn (Future $future): string => $future->await(), $thread->run(static fn (): string => 'its value')));
        $buffer = new SharedBuffer(16);
        $run(static fn (SharedBuffer $buffer) => $buffer->write(0, 'seen'), $buffer);
        $same('seen', $buffer->read(0, 4));
        [$integers, $floats] = [Int64View::fromArray([1, 2]), Float64View::fromArray([0.5])];
        $run(static function (Int64View $integers, Float64View $floats): void {
            $integers[0] = 7;
            $floats[0] = 1.5;
        }, $integers, $floats);
        $same([7, 2, 1.5], [$integers[0], $integers[1], $floats[0]]);
    },
    'object of a class that is not known over there' => static function () use ($refused, $run): void {
        $refused('class Unknown is not known on the receiving side', static fn () => $run(static fn (object $it): int => $it->total, new Unknown()));
    },
    'anything else: generators, PDO, curl handles, other streams …' => static function () use ($refused, $echo): void {
        $refused("argument \$args[0]['way']['to']: Generator cannot cross", static fn () => $echo(['way' => ['to' => (static fn () => yield 1)()]]));
        $refused('a stream without a descriptor', static fn () => $echo(fopen('php://output', 'w')));
        $refused('a resource (stream-context) cannot cross', static fn () => $echo(stream_context_create()));
        foreach (['PDO' => static fn () => new PDO('sqlite::memory:'), 'CurlHandle' => static fn () => curl_init()] as $class => $make) {
            if (class_exists($class) && ($class !== 'PDO' || in_array('sqlite', PDO::getAvailableDrivers(), true))) {
                $refused("$class cannot cross", static fn () => $echo($make()));
            }
        }
    },
];

foreach ($rows as $row => $check) {
    $wrong[$row] = [];
    try {
        $check();
    } catch (Throwable $error) {
        $wrong[$row][] = $error::class . ": {$error->getMessage()} ({$error->getFile()}:{$error->getLine()})";
    }
}
echo json_encode($wrong, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
