<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** msgpack: what one worker wrote, each of the others reads. */
return part(
    prepare: fn (int $count, string $directory) => file_put_contents("$directory/msgpack.first", msgpack_serialize(sample(-1))),
    work: function (int $number, int $count, string $directory): void {
        $value = sample($number);
        $bytes = msgpack_serialize($value);
        for ($i = 0; $i < 300; $i++) {
            same($bytes, msgpack_serialize($value), 'bytes');
            $back = msgpack_unserialize($bytes);
            same(serialize($value), serialize($back), 'value');
            same(true, $back['objects'][0] === $back['objects'][1], 'shared identity');
        }
        same(serialize(sample(-1)), serialize(msgpack_unserialize(file_get_contents("$directory/msgpack.first"))), 'what another worker wrote');
        file_put_contents("$directory/msgpack.$number", $bytes);
        $packer = new MessagePack(false);
        same([1, ['a' => "b\0"], 2.5], $packer->unpack($packer->pack([1, ['a' => "b\0"], 2.5])), 'plain msgpack');
        same("\x93\x01\xa1a\xc3", $packer->pack([1, 'a', true]), 'the bytes of the format');
        // A stream of messages, in pieces.
        $unpacker = new MessagePackUnpacker(false);
        $found = [];
        foreach (str_split(implode('', array_map($packer->pack(...), [[1], 'two', 3])), 2) as $piece) {
            $unpacker->feed($piece);
            while ($unpacker->execute()) {
                $found[] = $unpacker->data();
                $unpacker->reset();
            }
        }
        same([[1], 'two', 3], $found, 'messages in pieces');
    },
    verify: function (int $count, string $directory): void {
        for ($number = 0; $number < $count; $number++) {
            $back = msgpack_unserialize(file_get_contents("$directory/msgpack.$number"));
            same(serialize(sample($number)), serialize($back), "what worker $number wrote");
        }
    },
);
