/** Which of the views below the stage is open. */
export type Tab = 'programs' | 'map' | 'steer' | 'experiment' | 'runs';
