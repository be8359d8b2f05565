<?php
//# 16 MiB of stack hold what a CLI's 8 MiB do (HAZARDS 11).
//# stdout: 20000
//# options: --ini pcre.jit=0
function down(int $n): int
{
    return $n === 0 ? 0 : 1 + array_sum(array_map(fn ($m) => down($m), [$n - 1]));
}
echo down(20000), "\n";
