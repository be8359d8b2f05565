<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** bcmath: its scale and its constants are globals of each thread. */
function euler(int $digits): string
{
    $sum = $term = '1';
    for ($i = 1; bccomp($term, '0', $digits + 5) > 0; $i++) {
        $term = bcdiv($term, (string) $i, $digits + 5);
        $sum = bcadd($sum, $term, $digits + 5);
    }
    return bcadd($sum, '0', $digits);
}

return part(work: function (int $number): void {
    same(0, bcscale(), 'the scale of a new request');
    bcscale($number + 2);
    for ($i = 0; $i < 500; $i++) {
        same('0.' . str_repeat('3', $number + 2), bcdiv('1', '3'), 'own scale');
        same((string) ($i * $number), bcmul((string) $i, (string) $number, 0), 'product');
    }
    same('2.71828182845904523536028747135266249775724709369995957496696762772407663035354759457138217852516642', euler(98), 'e');
    same('15241578753238836750495351562536198787501905199875019052100', bcpow('123456789012345678901234567890', '2', 0), 'power');
    same('4', bcpowmod('4', '13', '12', 0), 'powmod');
    throws(DivisionByZeroError::class, fn () => bcdiv('1', '0'), 'division by zero');
});
