<?php

declare(strict_types=1);

/**
 * One step of a case, in the host: it sets what the step sets, tries its boots, and runs its jobs. Beside each job stands what the host lets
 * through at that moment.
 */
return static function (array $step, Closure $probe, Closure $fill): array {
    $do = static function (array $ops) use ($probe): void {
        $probe(['ops' => $ops]);
    };
    $confined = static fn (): bool => PHP_SAPI !== 'cli' || ini_get('open_basedir') !== '' || trim(ini_get('disable_functions')) !== ''
        || trim((string) ini_get('disable_classes')) !== '';
    $answer = ['boots' => [], 'jobs' => []];
    $do($step['before']);
    $vm = null;
    foreach ($step['boots'] as $at => [$options, $with]) {
        if ($options === [] && $vm !== null) {
            continue; // it is the same VM, with the options that it had
        }
        try {
            $made = $options === [] ? FfiZts::boot() : FfiZts::boot($options);
            foreach ($with as [$method, $arguments]) {
                $made = $made->$method(...$arguments);
            }
            $answer['boots'][$at] = '';
            $answer['taken'] = $at;
            $vm = $made;
            if (!$step['on']) {
                break;
            }
        } catch (Throwable $e) {
            $answer['boots'][$at] = $e::class . ': ' . $e->getMessage();
        }
    }
    $answer['confined'] = $confined();
    $do($step['after']);
    // What the script has asked for itself, and what the administrator has set.
    $own = $step['boots'][$answer['taken'] ?? -1][0]['ini']['memory_limit'] ?? '0';
    foreach ($step['boots'][$answer['taken'] ?? -1][1] ?? [] as [$method, $arguments]) {
        $method === 'withIniEntry' && $arguments[0] === 'memory_limit' && $own = $arguments[1];
    }
    $own = @ini_parse_quantity((string) $own);
    $limits = [$own >= 2 << 20 ? $own : 0, $answer['confined'] ? $step['limit'] : 0];
    foreach ($step['jobs'] as $job) {
        $do($job['before']);
        $limit = min(array_filter([ini_parse_quantity((string) ini_get('memory_limit')), ...$limits], static fn (int $bytes) => $bytes > 0) ?: [0]);
        $plan = $job['plan'];
        isset($plan['nested']) && $plan['nested']['limit'] = $limit;
        $said = ['host' => $probe(['ops' => []] + array_diff_key($plan, ['nested' => 0])), 'limit' => $limit, 'confined' => $confined()];
        $runs = ['guest' => [$plan, $probe, $fill]] + ($limit > 0 ? ['memory' => [$limit]] : []);
        foreach ($vm === null ? [] : $runs as $what => $arguments) {
            try {
                $code = $what === 'guest' ? $probe : $fill;
                $text = base64_encode(serialize($what === 'guest' ? $plan : ['fill' => $limit]));
                $said[$what] = match ($job['kind']) {
                    'task' => $vm->run($code, $arguments)->await(60),
                    'thread' => $vm->thread()->run($code, $arguments)->await(60),
                    'pool' => $vm->pool(1)->submit($code, $arguments)->await(60),
                    'script' => $vm->runScript($job['script'], [$text])->value,
                    'future script' => $vm->startScript($job['script'], [$text])->await(60)->value,
                };
            } catch (Throwable $e) {
                $said["$what error"] = $e::class . ': ' . $e->getMessage();
            }
        }
        $answer['jobs'][] = $said;
    }
    if (isset($step['run'])) {
        // The command's class: what it is given as php.ini goes past the options. Its job says itself what it found.
        $limit = ini_parse_quantity((string) ini_get('memory_limit'));
        $said = ['host' => $probe($step['run']['plan']), 'limit' => $limit, 'confined' => $confined()];
        try {
            $said['status'] = FfiZts\Internal\Cli::main($step['run']['spec']);
            $answer['boots'][] = '';
        } catch (Throwable $e) {
            $answer['boots'][] = $e::class . ': ' . $e->getMessage();
        }
        $answer['run'] = $said;
    }
    $info = $vm?->info() ?? [];
    $answer['info'] = array_intersect_key($info, array_flip(['threads', 'spare_workers', 'max_nesting', 'stack_size', 'sapi_name', 'state']));
    return $answer;
};
