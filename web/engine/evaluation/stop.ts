/** When repeats of an evaluation have said enough about which side of a threshold a program lies on. */
import type { StopSettings } from '../strategy.ts';
import { normalCdf, studentQuantile } from './distributions.ts';
import { mean } from './mean.ts';

export type Decision = 'go-on' | 'above' | 'below';

export interface Stop {
  /** Samples are finite. One sample never decides; samples without any spread decide by their value. */
  decide(samples: readonly number[], threshold: number): Decision;
}

/**
 * A rule is asked after each sample, and each look is another chance to be wrong: two samples that happen to agree convince the normal
 * (`bayesian`) far more often than `risk` says. `least` of 5 or the t-interval make up for that at the price of samples; the tests
 * state the shares.
 */
export function createStop(settings: StopSettings): Stop {
  switch (settings.type) {
    case 'never':
      return { decide: () => 'go-on' };
    case 'bayesian':
      return rule(settings.least, (at) => byProbability(at, settings.risk));
    case 'interval':
      return rule(settings.least, (at) => byInterval(at, settings.confidence));
    case 'hybrid':
      return rule(settings.least, (at) => {
        const first = byProbability(at, settings.risk);
        return first === 'go-on' ? byInterval(at, settings.confidence) : first;
      });
    default:
      return settings satisfies never;
  }
}

/** How far the mean lies above the threshold, in standard errors of the mean. */
interface Distance {
  readonly errors: number;
  readonly count: number;
}

function rule(least: number, decide: (distance: Distance) => Decision): Stop {
  return {
    decide(samples, threshold) {
      const count = samples.length;
      if (count < Math.max(2, least)) return 'go-on';
      // In units of the largest sample, so that squares neither overflow nor vanish.
      const unit = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) || 1;
      const scaled = samples.map((sample) => sample / unit);
      const centre = mean(scaled);
      const squares = scaled.reduce((sum, each) => sum + (each - centre) * (each - centre), 0);
      const gap = centre - threshold / unit;
      const error = Math.sqrt(squares / (count - 1) / count);
      if (gap === 0 || Number.isNaN(gap)) return 'go-on';
      if (error === 0 || !Number.isFinite(gap)) return gap > 0 ? 'above' : 'below';
      return decide({ errors: gap / error, count });
    },
  };
}

function byProbability({ errors }: Distance, risk: number): Decision {
  const probability = normalCdf(errors);
  if (probability > 1 - risk) return 'above';
  return probability < risk ? 'below' : 'go-on';
}

function byInterval({ errors, count }: Distance, confidence: number): Decision {
  const half = studentQuantile((1 + confidence) / 2, count - 1);
  if (errors > half) return 'above';
  return errors < -half ? 'below' : 'go-on';
}
