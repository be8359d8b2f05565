<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** igbinary: what one worker wrote, each of the others reads. */
return part(
    prepare: fn (int $count, string $directory) => file_put_contents("$directory/igbinary.first", igbinary_serialize(sample(-1))),
    work: function (int $number, int $count, string $directory): void {
        $value = sample($number);
        $bytes = igbinary_serialize($value);
        for ($i = 0; $i < 300; $i++) {
            same($bytes, igbinary_serialize($value), 'bytes');
            $back = igbinary_unserialize($bytes);
            same(serialize($value), serialize($back), 'value');
            same(true, $back['objects'][0] === $back['objects'][1], 'shared identity');
        }
        same(serialize(sample(-1)), serialize(igbinary_unserialize(file_get_contents("$directory/igbinary.first"))), 'what another worker wrote');
        file_put_contents("$directory/igbinary.$number", $bytes);
        // Crafted and truncated input is refused.
        for ($length = 0; $length < 200; $length++) {
            $back = @igbinary_unserialize(substr($bytes, 0, $length));
            same(true, $back === null || $back === false, "the first $length bytes");
        }
        ini_set('session.serialize_handler', 'igbinary');
        same('igbinary', ini_get('session.serialize_handler'), 'the serializer of sessions');
    },
    verify: function (int $count, string $directory): void {
        for ($number = 0; $number < $count; $number++) {
            $back = igbinary_unserialize(file_get_contents("$directory/igbinary.$number"));
            same(serialize(sample($number)), serialize($back), "what worker $number wrote");
        }
    },
);
