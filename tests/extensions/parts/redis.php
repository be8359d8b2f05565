<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** phpredis: a connection of each worker's own, to one server on a Unix socket (REDIS_SOCKET). */
const ROUNDS = 200;

function connected(bool $persistent = false): Redis
{
    $redis = new Redis();
    same(true, $persistent ? $redis->pconnect(getenv('REDIS_SOCKET')) : $redis->connect(getenv('REDIS_SOCKET')), 'connected');
    return $redis;
}

return part(
    prepare: function (): void {
        same(true, connected()->flushAll(), 'emptied');
    },
    work: function (int $number, int $count): void {
        $redis = connected();
        $persistent = connected(true);
        for ($i = 0; $i < ROUNDS; $i++) {
            $redis->incr('total');
            $persistent->incr('total');
            $redis->set("own-$number", str_repeat("$number/$i,", $i));
            same(str_repeat("$number/$i,", $i), $persistent->get("own-$number"), 'own key');
            same([true, $i + 1], $redis->multi()->set("m-$number", 'x')->incr("n-$number")->exec(), 'a transaction');
        }
        foreach ([Redis::SERIALIZER_PHP, Redis::SERIALIZER_IGBINARY, Redis::SERIALIZER_MSGPACK] as $serializer) {
            if ($serializer === Redis::SERIALIZER_IGBINARY && !extension_loaded('igbinary') || $serializer === Redis::SERIALIZER_MSGPACK && !extension_loaded('msgpack')) {
                continue;
            }
            same(true, $redis->setOption(Redis::OPT_SERIALIZER, $serializer), "serializer $serializer");
            $redis->hSet('samples', "$serializer-$number", sample($number));
            same(serialize(sample($number)), serialize($redis->hGet('samples', "$serializer-$number")), "a value through serializer $serializer");
        }
        $redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_NONE);
        same('lua ' . $number, $redis->eval('return "lua " .. ARGV[1]', [(string) $number], 0), 'a script of the server');
        throws(RedisException::class, fn () => (new Redis())->connect('/nonexistent/redis.sock'), 'a refused connection');
        same(true, $redis->close(), 'closed');
        // The persistent connection stays with this worker, for later jobs of it.
    },
    verify: function (int $count): void {
        $redis = connected(true);
        same((string) (2 * $count * ROUNDS), $redis->get('total'), 'the total of all workers');
        same(true, $redis->hLen('samples') >= $count, 'samples');
    },
);
